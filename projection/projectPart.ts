import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { event } from '../ledger/events.ts';
import {
  expectProjection,
  failProjection,
  type ProjectedPart,
  settleProjection,
} from '../ledger/pendingProjections.ts';
import { ReignError } from '../schemas/errors.ts';

/**
 * Lets MLflow follow in one part, and keeps in the ledger that it has not yet, until it has. What MLflow refuses is an
 * event `warning` and stays pending.
 *
 * @throws ReignError TrackerUnavailable, LedgerUnavailable; it stays pending
 */
export async function projectPart(
  db: Kysely<Database>,
  { id: cycle, model }: { readonly id: string; readonly model: string },
  part: ProjectedPart,
  follow: () => Promise<void>,
): Promise<void> {
  await expectProjection(db, { cycle, model, part });
  try {
    await follow();
  } catch (error) {
    if (!(error instanceof ReignError) || error.code !== 'TrackerRefused') throw error;
    const { message: warning } = error;
    await failProjection(db, { cycle, model, part }, warning);
    await event(db, { model, cycle, kind: 'warning', detail: { warning }, key: warning });
    return;
  }
  await settleProjection(db, { cycle, model, part });
}
