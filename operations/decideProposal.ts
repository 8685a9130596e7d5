import { z } from 'zod';
import { answerProposal, type RollbackProposal } from '../ledger/rollbackProposals.ts';
import { errorOf } from '../schemas/errors.ts';
import { Lineage } from '../schemas/lineage.ts';
import { Hash } from '../schemas/primitives.ts';
import { ChangedChampion, followed } from './changedChampion.ts';
import type { OperationContext } from './context.ts';

/** A proposed rollback, as those who list and answer it show it. */
export const ShownProposal = z.strictObject({
  /** What `reign approve` and `reign reject` call it. */
  id: z.string(),
  model: z.string(),
  lineage: Lineage,
  /** The reign that would end, and the version that reigns. */
  epoch: z.int(),
  champion: z.int().nullable(),
  /** The version that would reign again. */
  version: z.int().nullable(),
  restoresEpoch: z.int(),
  /** What showed it; null where nothing was measured. */
  evidence: Hash.nullable(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});
export type ShownProposal = z.infer<typeof ShownProposal>;

export const shownProposal = ({ number: _, ...proposal }: RollbackProposal): ShownProposal => proposal;

/** How a person's answer to a proposal went. */
export const ProposalAnswer = z.strictObject({
  proposal: ShownProposal,
  decision: z.strictObject({ id: z.int(), kind: z.enum(['approve', 'reject']), by: z.string(), at: z.string() }),
  /** Who reigns from here on; null where the champion stays. */
  changed: ChangedChampion.nullable(),
});
export type ProposalAnswer = z.infer<typeof ProposalAnswer>;

/**
 * Records what a person says of a proposed rollback. Approved, it is made at once, and MLflow follows.
 *
 * @throws ReignError UsageInvalid where they saw other evidence; LedgerConflict where it was answered before, or another
 *   version reigns by now
 */
export async function decideProposal(
  kind: 'approve' | 'reject',
  context: Pick<OperationContext, 'ledger' | 'tracker' | 'temporal' | 'actor'>,
  proposal: RollbackProposal,
  { reason, evidence }: { readonly reason: string; readonly evidence?: string | undefined },
): Promise<ProposalAnswer> {
  const { id, model, lineage } = proposal;
  if (evidence !== undefined && evidence !== proposal.evidence)
    throw errorOf('UsageInvalid', 'otherEvidenceSeen', {
      cycle: id,
      seen: evidence,
      evidence: proposal.evidence ?? '-',
    });
  const { actor, ledger } = context;
  const answer = await answerProposal(ledger.db, proposal, { kind, reason, asked: { actor } });
  return {
    proposal: shownProposal(proposal),
    decision: { id: answer.decision, kind, by: actor.name, at: answer.decidedAt },
    changed: answer.epoch === null ? null : await followed(context, { model, lineage, epoch: answer.epoch }),
  };
}
