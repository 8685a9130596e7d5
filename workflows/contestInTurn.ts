import type { Outcome, PlannedCycle, RetrainRequest, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { foresee } from './foresee.ts';
import type { Contested } from './judgeChallenger.ts';
import { observe } from './observe.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';
import { scoreChampion } from './scoreChampion.ts';
import { takeTurnPrepared } from './takeTurn.ts';

type Ending = Pick<Outcome, 'status' | 'summary'>;

/**
 * The cycle of a backfill is prepared before it is known who reigns at its asOf. Here it waits for its turn, and does what
 * other cycles do beside the fit: it looks at what earlier cycles left, and scores the champion.
 */
export async function contestInTurn(
  request: RetrainRequest,
  planned: PlannedCycle,
  snapshots: Snapshots,
  progress: ReturnType<typeof reportProgress>,
): Promise<Contested | Ending> {
  const noTurn = await takeTurnPrepared(request, progress);
  if (noTurn !== null) return noTurn;

  progress.at('plan the contest');
  const contest = await control.contest(attemptOf(planned));
  if ('superseded' in contest) return { status: 'superseded', summary: contest.superseded };
  const plan = { ...planned, ...contest };
  const { forecast, inVain } = await foresee(plan);
  if (inVain !== null) return { status: 'skipped', summary: inVain };
  await control.inspect(attemptOf(plan), snapshots);

  progress.at('observe and score the champion');
  const [observations, champion] = await Promise.all([
    observe(plan, snapshots),
    scoreChampion(plan, snapshots, plan.champion),
  ]);
  return { plan, known: { forecast, observations }, champion };
}
