import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { decisionsOf } from '../../ledger/decisions.ts';
import { lastQuestion } from '../../ledger/waiting.ts';
import { actorName } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { expiredSummary, rejectedSummary } from '../../schemas/decisionSummary.ts';

/** How a cycle that asked a person and kept its champion must have ended, by the ledger; null where it asked nobody. */
export async function askedSummary(db: Kysely<Database>, { id, status }: Cycle): Promise<string | null> {
  const question = status === 'kept' ? await lastQuestion(db, id) : undefined;
  if (question === undefined) return null;
  const rejection = (await decisionsOf(db, id)).find(
    ({ kind, judgementNumber }) => kind === 'reject' && judgementNumber === question.number,
  );
  return rejection === undefined
    ? expiredSummary(question.until)
    : rejectedSummary(actorName(rejection.actor), rejection.reason);
}
