import { decide } from '../gate/decide.ts';
import { policyOf } from '../gate/policyOf.ts';
import { primaryResult } from '../gate/primaryResult.ts';
import { lookVerdict } from '../gate/probation.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { event } from '../ledger/events.ts';
import { storeFollowUp } from '../ledger/followUps.ts';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { storeJudgement } from '../ledger/judgements.ts';
import { storeCodeWarnings } from '../ledger/warnings.ts';
import type { Definition } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Judged, JudgementRequest } from '../schemas/steps.ts';
import type { Verdict } from '../schemas/verdict.ts';
import { evidenceOf } from './evidenceOf.ts';
import { actOnProbation } from './probation.ts';
import type { World } from './world.ts';

export const decideActivities = ({ ledger, ledger: { db }, store }: World) => ({
  /** Lets the gate judge the evidence and stores the judgement; one that is stored already stands as it is. */
  async decide({ cycle, number, evidence: hash, challenger, champion, warnings }: JudgementRequest): Promise<Judged> {
    const stored = await definitionVersion(db, cycle.model, cycle.definitionVersion);
    if (stored === undefined)
      throw errorOf('LedgerConflict', 'definitionLost', { version: cycle.definitionVersion, model: cycle.model });
    const evidence = await evidenceOf(store, hash);
    const policy = policyOf(stored.definition);
    const judgement = await storeJudgement(db, {
      cycle: cycle.id,
      attempt: cycle.attempt,
      number,
      epoch: champion?.epoch ?? 0,
      challenger,
      champion: champion?.version ?? null,
      championCycle: champion?.cycle ?? null,
      evidence: hash,
      rehearsal: evidence.rehearsal,
      policy,
      verdict: decide(evidence, policy),
      primary: primaryResult(evidence),
    });
    await storeCodeWarnings(db, cycle, warnings ?? []);
    // What became of the last promotion has an entry of its own: who reads that promotion finds it.
    const { followUp } = evidence;
    if (followUp !== null) await storeFollowUp(db, cycle, followUp, { verdict: lookVerdict(followUp), evidence: hash });
    if (judgement.verdict.deciding === 'gate-controls') {
      const detail = { judgement: number, summary: judgement.verdict.summary };
      await event(db, { model: cycle.model, cycle: cycle.id, kind: 'gate-broken', detail, key: String(number) });
    }
    const { model, lineage, definitionVersion: version } = cycle;
    const held = (await heldPromotions(db, { model, lineage, definitionVersion: version })) !== undefined;
    // A challenger that is promoted at once ends the probation; where it is not after all, the cycle's end does this.
    const promotes = judgement.verdict.kind === 'promote' && !held && policy.gate.approval.when !== 'always';
    if (!promotes) await actOnProbation({ ledger }, cycle);
    return {
      held,
      number,
      epoch: judgement.epoch,
      kind: judgement.verdict.kind,
      summary: judgement.verdict.summary,
      championSawHoldout: (evidence.champion?.fittedOnJudgedRows ?? 0) > 0,
    };
  },

  /** The verdict of a try: told, not stored. */
  async decideTry(definition: Definition, hash: string): Promise<Verdict> {
    return decide(await evidenceOf(store, hash), policyOf(definition));
  },
});
