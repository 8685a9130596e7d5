import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { event } from '../ledger/events.ts';
import type { Message } from '../schemas/message.ts';
import type { ComparedPart, Discrepancy, DiscrepancyKind } from '../schemas/reconcile.ts';
import type { ReconcileWorld } from './world.ts';

interface Difference {
  readonly kind: DiscrepancyKind;
  readonly part: ComparedPart;
  readonly model?: string | null;
  readonly cycle?: string | null;
  readonly message: Message;
  readonly advice?: string | null;
}

export const discrepancy = (
  { kind, part, model = null, cycle = null, message, advice = null }: Difference,
  outcome: Discrepancy['outcome'],
): Discrepancy => ({ kind, part, model, cycle, text: message.text, message, outcome, advice });

/**
 * Writes down, once, a difference of a model that only a person can end.
 *
 * @param subject what it is about within the model: the same subject is the same difference
 */
export async function recorded(
  db: Kysely<Database>,
  repair: ReconcileWorld['repair'],
  difference: Difference & { readonly model: string },
  subject: string,
  detail: object,
): Promise<Discrepancy> {
  if (repair === null) return discrepancy(difference, 'found');
  const { kind, model, cycle = null } = difference;
  const isNew = await event(db, { model, cycle, kind, detail, key: subject });
  return discrepancy(difference, isNew ? 'recorded' : 'known');
}
