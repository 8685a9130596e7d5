import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { decisionsOf } from '../../ledger/decisions.ts';
import { lastQuestion } from '../../ledger/waiting.ts';
import { actorName } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { expiredSummary, rejectedSummary } from '../../schemas/decisionSummary.ts';

/**
 * How a cycle that asked a person and kept its champion must have ended, by the ledger; null where it asked nobody.
 *
 * @param judgement the number of its last one
 */
export async function askedSummary(
  db: Kysely<Database>,
  { id, status, endedAt }: Cycle,
  judgement: number | undefined,
): Promise<string | null> {
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
