import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { decisionsOf } from '../../ledger/decisions.ts';
import { lastQuestion } from '../../ledger/waiting.ts';
import { actorName } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { expiredSummary, heldSummary, rejectedSummary } from '../../schemas/decisionSummary.ts';

/**
 * How a cycle that asked a person and kept its champion must have ended, by the ledger; null where it asked nobody. In
 * a backfill there was nobody to ask.
 *
 * @param judgement the number of its last one
 */
export async function askedSummary(
  db: Kysely<Database>,
  { id, status, endedAt, trigger, verdict }: Cycle,
  judgement: number | undefined,
): Promise<string | null> {
  if (status === 'kept' && trigger === 'backfill' && verdict === 'promote') return heldSummary;
  const question = status === 'kept' ? await lastQuestion(db, id) : undefined;
  // A judgement of before may have been left to a person, and the last one not.
  if (question === undefined || question.number !== judgement) return null;
  const rejection = (await decisionsOf(db, id)).find(
    ({ kind, judgementNumber }) => kind === 'reject' && judgementNumber === question.number,
  );
  // Promotions were resumed while it asked: the gate's own word counted.
  if (rejection === undefined && endedAt !== null && Date.parse(endedAt) < Date.parse(question.until)) return null;
  return rejection === undefined
    ? expiredSummary(question.until)
    : rejectedSummary(actorName(rejection.actor), rejection.reason);
}
