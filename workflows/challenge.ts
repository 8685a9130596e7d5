import { sleep } from '@temporalio/workflow';
import { rowsStep } from '../schemas/stepNames.ts';
import type { ChallengeRequest, Outcome } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { attemptToken } from './attemptToken.ts';
import { foresee } from './foresee.ts';
import { judgeChallenger } from './judgeChallenger.ts';
import { observe } from './observe.ts';
import { reportProgress } from './progress.ts';
import { control, trainer } from './proxies.ts';
import { scoreChampion } from './scoreChampion.ts';
import { scoreRegistered } from './scoreRegistered.ts';
import { settle } from './settle.ts';
import { snapshotsOf } from './snapshots.ts';

/**
 * One cycle whose challenger a person registered. It waits until rows have matured that nobody can have chosen the version
 * by; from then on it is judged like one that a cycle fitted.
 */
export async function challenge(request: ChallengeRequest): Promise<Outcome> {
  const progress = reportProgress();

  return settle(request, progress, async ({ claimed, alongside }) => {
    const claim = await control.claimChallenge(request, attemptToken());
    if (claim.kind === 'settled') return { status: claim.status, summary: claim.summary };
    claimed(claim.attempt);

    const left = Date.parse(claim.until) - Date.now();
    if (left > 0) {
      progress.at(rowsStep, `until ${claim.until}`);
      // The clocks of Temporal and of a worker may differ.
      await sleep(left + 1000);
      progress.at('plan');
    }
    const plan = await control.planChallenge(request, attemptToken());
    if (plan.kind !== 'planned')
      return { status: plan.kind === 'settled' ? plan.status : plan.kind, summary: plan.summary };
    const { forecast } = await foresee(plan);

    progress.at('extract');
    const snapshots = snapshotsOf(await trainer.extract(plan.extraction));

    progress.at('inspect');
    await control.inspect(attemptOf(plan), snapshots);

    progress.at('score and rehearse');
    const [challenger, champion, observations] = await Promise.all([
      scoreRegistered(plan, snapshots),
      scoreChampion(plan, snapshots, plan.champion),
      observe(plan, snapshots),
    ]);
    const contested = { plan, known: { forecast, observations }, champion };
    return await judgeChallenger(contested, snapshots, challenger, progress, alongside);
  });
}
