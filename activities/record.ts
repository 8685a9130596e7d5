import { primaryResult } from '../gate/primaryResult.ts';
import { attemptOfToken } from '../ledger/claimCycle.ts';
import { cycleById } from '../ledger/cycles.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { recordOutcome } from '../ledger/recordOutcome.ts';
import { storeStepDurations } from '../ledger/stepDurations.ts';
import type { FollowWorld } from '../projection/followChampion.ts';
import { cycleId } from '../schemas/cycle.ts';
import type { StepDurations } from '../schemas/progress.ts';
import type { ClaimedAttempt, Outcome, RetrainRequest } from '../schemas/steps.ts';
import { evidenceOf } from './evidenceOf.ts';
import { actOnProbation } from './probation.ts';
import { followLedger } from './tracking/followLedger.ts';
import { wakeBackfill, wakeNextInTurn } from './wake.ts';
import type { World } from './world.ts';

export const recordActivities = (world: FollowWorld & Pick<World, 'store'>) => ({
  /**
   * Writes the outcome into the ledger, lets the next cycle have its turn, then lets MLflow follow: the alias, the tags, no strays. An attempt that claimed
   * nothing (the cycle had its result before, or the plan failed) writes nothing.
   */
  async record(
    request: RetrainRequest,
    outcome: Outcome,
    claimed: ClaimedAttempt,
    /** Absent in cycles that began under an earlier release. */
    durations?: StepDurations,
  ): Promise<Outcome> {
    const { db } = world.ledger;
    const { model, lineage } = request;
    const id = cycleId(request);
    const attempt = claimed.attempt ?? (await attemptOfToken(db, id, claimed.token));
    if (attempt !== undefined) {
      const { status, summary, failure } = outcome;
      await recordOutcome(db, id, {
        attempt,
        status,
        ...(summary === null ? {} : { summary }),
        ...(failure === null ? {} : { failure }),
        ...(await lastJudgement(world, id)),
      });
      if (durations !== undefined) await storeStepDurations(db, { id, model, attempt }, durations);
    }
    if (outcome.status !== 'promoted') await actOnProbation(world, request);
    await wakeNextInTurn(db, request);
    await wakeBackfill(request);
    if ((await cycleById(db, id)) !== undefined) await followLedger(world, { id, model, lineage });
    return outcome;
  },
});

/** What the cycle's last judgement says, for the columns that a reader of the ledger looks at first. */
async function lastJudgement({ ledger, store }: FollowWorld & Pick<World, 'store'>, id: string) {
  const judgement = (await judgementsOf(ledger.db, id)).at(-1);
  if (judgement === undefined) return {};
  const { verdict, challenger, champion, evidence: hash } = judgement;
  const evidence = await evidenceOf(store, hash);
  return {
    verdict: verdict.kind,
    challenger,
    champion,
    evidence: hash,
    rows: { judged: evidence.rows.judged },
    primary: primaryResult(evidence),
  };
}
