import type { StepDurations } from '../schemas/progress.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { attemptToken, continueAttempt } from './attemptToken.ts';
import { contestInTurn } from './contestInTurn.ts';
import { fitChallenger } from './fitChallenger.ts';
import { trainersFor } from './fitRequest.ts';
import { foresee } from './foresee.ts';
import { judgeChallenger } from './judgeChallenger.ts';
import { observe } from './observe.ts';
import { reportProgress } from './progress.ts';
import { control, trainer } from './proxies.ts';
import { scoreChallenger } from './scoreChallenger.ts';
import { scoreChampion } from './scoreChampion.ts';
import { settle } from './settle.ts';
import { showTraining } from './show.ts';
import { snapshotsOf } from './snapshots.ts';
import { takeTurn } from './takeTurn.ts';

/**
 * One cycle: a challenger is fitted on what was known at `asOf`, judged against the champion on the same unseen rows,
 * and promoted only if the evidence says that it wins. However the cycle ends, the ledger records how and why.
 *
 * @param before how long its steps took in earlier runs; a cycle that waits for long continues as a new run
 * @param token names the attempt that the earlier runs began
 */
export async function retrain(request: RetrainRequest, before: StepDurations = [], token?: string): Promise<Outcome> {
  if (token !== undefined) continueAttempt(token);
  const progress = reportProgress(before);

  return settle(request, progress, async ({ claimed, alongside }) => {
    if (request.trigger === 'schedule') {
      const noTurn = await takeTurn(request, progress);
      if (noTurn !== null) return noTurn;
      progress.at('plan');
    }
    const planned = await control.plan(request, attemptToken());
    if (planned.kind === 'settled') return { status: planned.status, summary: planned.summary };
    claimed(planned.attempt);
    if (planned.kind === 'superseded') return { status: 'superseded', summary: planned.summary };
    // A backfill prepares its cycles ahead: who reigns is known only when the cycles before have ended.
    const ahead = request.trigger === 'backfill';

    progress.at('forecast');
    const { forecast, inVain } = await foresee(planned);
    if (inVain !== null) return { status: 'skipped', summary: inVain };

    progress.at('extract');
    const snapshots = snapshotsOf(await trainer.extract(planned.extraction));

    progress.at('inspect');
    await control.inspect(attemptOf(planned), snapshots, ahead);

    progress.at('fit', trainersFor(planned.definition));
    const [fitted, observations] = await Promise.all([
      fitChallenger(planned, snapshots),
      ahead ? null : observe(planned, snapshots),
    ]);

    progress.at('score and rehearse');
    const [challenger, reigning] = await Promise.all([
      scoreChallenger(planned, snapshots, fitted),
      ahead ? null : scoreChampion(planned, snapshots, planned.champion),
    ]);

    // The pictures go to MLflow while the cycle continues.
    alongside(showTraining(planned, challenger));

    const contest =
      observations === null
        ? await contestInTurn(request, planned, snapshots, progress)
        : { plan: planned, known: { forecast, observations }, champion: reigning };
    if ('status' in contest) return contest;
    return await judgeChallenger(contest, snapshots, challenger, progress, alongside);
  });
}
