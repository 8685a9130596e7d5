import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { currentChampion } from '../ledger/champions.ts';
import type { Database } from '../ledger/database.ts';
import { type Decision, recordDecision } from '../ledger/decisions.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { proposalNamed } from '../ledger/rollbackProposals.ts';
import { lastQuestion } from '../ledger/waiting.ts';
import { Cycle } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { Hash } from '../schemas/primitives.ts';
import type { OperationContext } from './context.ts';
import { CycleName } from './cycleName.ts';
import { decideProposal, ProposalAnswer } from './decideProposal.ts';
import { findCycle } from './findCycle.ts';
import { wake } from './wake.ts';

/** What a person says about the judgement that a cycle waits with. */
export const DecisionRequest = CycleName.extend({
  /** Why. The ledger keeps it for ever. */
  reason: z.string().regex(/\S/, 'why, in words'),
  /** The hash of the evidence that they had in front of them. Default: that of the cycle's last judgement. */
  evidence: Hash.optional(),
});

export const CycleDecision = z.strictObject({
  cycle: Cycle,
  decision: z.strictObject({ id: z.int(), kind: z.enum(['approve', 'reject']), by: z.string(), at: z.string() }),
  /** False: the decision stands in the ledger, and the cycle goes on once a worker and Temporal run again. */
  heard: z.boolean(),
});

/** About a judgement, or about a rollback that the gate proposed. */
export const DecisionAnswer = z.union([CycleDecision, ProposalAnswer]);

type Needs = Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>;

/** Records what a person says about a cycle's judgement or, by its id, about a proposed rollback. */
export async function decideNamed(
  kind: 'approve' | 'reject',
  context: Needs,
  request: z.output<typeof DecisionRequest>,
): Promise<z.input<typeof DecisionAnswer>> {
  const proposal = await proposalNamed(context.ledger.db, request.cycle);
  return proposal === undefined
    ? await decideCycle(kind, context, request)
    : await decideProposal(kind, context, proposal, request);
}

/**
 * Records a decision, then wakes the cycle. The ledger alone says what was decided: where nobody hears it now, the cycle
 * finds it when it looks next.
 *
 * @throws ReignError UsageInvalid where there is nothing to decide, or not by this person; LedgerConflict where the cycle
 *   has ended, asks about another judgement or another champion reigns by now
 */
async function decideCycle(
  kind: 'approve' | 'reject',
  { ledger, temporal, actor }: Needs,
  { reason, evidence, ...name }: z.output<typeof DecisionRequest>,
): Promise<z.input<typeof CycleDecision>> {
  const { db } = ledger;
  const cycle = await findCycle(ledger, name);
  const { id, status } = cycle;
  if (status !== 'waiting' || cycle.waitsFor !== 'person')
    throw errorOf('UsageInvalid', 'notAsked', { cycle: id, status });
  const [judgement, question] = [(await judgementsOf(db, id)).at(-1), await lastQuestion(db, id)];
  if (judgement === undefined || question === undefined)
    throw errorOf('UsageInvalid', 'notAsked', { cycle: id, status });
  if (evidence !== undefined && evidence !== judgement.evidence)
    throw errorOf('UsageInvalid', 'otherEvidenceSeen', { cycle: id, seen: evidence, evidence: judgement.evidence });
  const { approvers } = question;
  if (approvers.length > 0 && !(actor.kind === 'person' && approvers.includes(actor.name)))
    throw errorOf('UsageInvalid', 'noApprover', { name: actor.name, cycle: id, approvers: approvers.join(', ') });
  const epoch = (await currentChampion(db, cycle.model, cycle.lineage))?.epoch ?? 0;
  if (epoch !== judgement.epoch) {
    // The cycle finds that out, and asks anew once it has judged against the new champion.
    await wake(temporal, id, 'decided');
    throw errorOf('UsageInvalid', 'championChanged', { cycle: id, judged: judgement.epoch, reigns: epoch });
  }
  const decision = await db.transaction().execute(async (transaction) => {
    const recorded = await recordDecision(transaction, {
      ...{ kind, cycle: id, judgementNumber: judgement.number, evidence: judgement.evidence, epoch, reason },
      asked: { actor },
      check: () => refuseLate(transaction, id, question.until),
    });
    return recorded.decision;
  });
  return { cycle, decision: shown(decision, kind, actor.name), heard: await wake(temporal, id, 'decided') };
}

/** By the ledger's clock: whether the cycle has noticed that its deadline is over makes no difference. */
async function refuseLate(db: Kysely<Database>, cycle: string, until: string): Promise<void> {
  const { rows } = await sql<{ late: boolean }>`select clock_timestamp() >= ${until}::timestamptz as late`.execute(db);
  if (rows[0]?.late !== false) throw errorOf('UsageInvalid', 'tooLate', { cycle, until });
}

const shown = ({ id, decidedAt }: Decision, kind: 'approve' | 'reject', by: string) => ({
  id,
  kind,
  by,
  at: decidedAt,
});
