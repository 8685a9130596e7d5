import { primaryResult } from '../gate/primaryResult.ts';
import { cycleById } from '../ledger/cycles.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { recordOutcome } from '../ledger/recordOutcome.ts';
import { cycleId } from '../schemas/cycle.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { readEvidence } from './readEvidence.ts';
import { projectChampion } from './tracking/projectChampion.ts';
import { sweepStrays } from './tracking/sweepStrays.ts';
import { tagOutcome } from './tracking/tagOutcome.ts';
import type { World } from './world.ts';

export const recordActivities = (world: World) => ({
  /** Writes the outcome into the ledger, then lets MLflow follow: the alias, the tags, no strays. */
  async record(request: RetrainRequest, outcome: Outcome): Promise<Outcome> {
    const { db } = world.ledger;
    const id = cycleId(request);
    if ((await cycleById(db, id)) === undefined) return outcome;
    const { status, summary, failure } = outcome;
    await recordOutcome(db, id, {
      status,
      ...(summary === null ? {} : { summary }),
      ...(failure === null ? {} : { failure }),
      ...(await lastJudgement(world, id)),
    });
    await tagOutcome(world.tracker, db, id);
    await sweepStrays(world.tracker, db, id);
    if (request.lineage === 'live') await projectChampion(world.tracker, db, request.model);
    return outcome;
  },
});

/** What the cycle's last judgement says, for the columns that a reader of the ledger looks at first. */
async function lastJudgement({ ledger, store }: World, id: string) {
  const judgement = (await judgementsOf(ledger.db, id)).at(-1);
  if (judgement === undefined) return {};
  const { verdict, challenger, champion, evidence: hash } = judgement;
  const evidence = await readEvidence(store, hash);
  return {
    verdict: verdict.kind,
    challenger,
    champion,
    evidence: hash,
    rows: { judged: evidence.rows.judged },
    primary: primaryResult(evidence),
  };
}
