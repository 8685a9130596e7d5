import type { Kysely } from 'kysely';
import { errorOf } from '../schemas/errors.ts';
import type { AskedChange } from './askedChange.ts';
import type { Database } from './database.ts';
import { expectAlias } from './expectAlias.ts';
import { knownVersion } from './knownVersion.ts';
import { storeRequest } from './requests.ts';
import { type PastReign, type Restoring, restoredReign } from './restoredReign.ts';

export type RollbackRequest = AskedChange & Restoring;

/**
 * An earlier champion reigns again: one INSERT of the reigning epoch + 1, together with the request for it. MLflow is
 * expected to follow from that moment on. The same request again changes nothing more. Answers the epoch that it began.
 *
 * @throws ReignError RollbackRefused, VersionUnknown; LedgerConflict where the table refuses
 */
export async function rollBack(db: Kysely<Database>, request: RollbackRequest): Promise<number> {
  const { model, lineage, to, reason, asked } = request;
  return await db.transaction().execute(async (transaction) => {
    const stored = await storeRequest(transaction, {
      ...{ operation: 'rollback', model, reason, ...asked },
      subject: { kind: 'lineage', id: `${model}.${lineage}` },
    });
    if (!stored.created) return await epochOfRequest(transaction, stored.id);
    const reigns = await reignsOf(transaction, model, lineage);
    const epoch = reigns.at(-1)?.epoch ?? 0;
    if (request.epoch !== undefined && request.epoch !== epoch)
      throw errorOf('RollbackRefused', 'moved', { model, asked: request.epoch, epoch });
    if (to !== undefined) await knownVersion(transaction, model, to);
    const restored = restoredReign(reigns, request);
    const inserted = await transaction
      .insertInto('promotions')
      .values({
        ...{ model, lineage, epoch: epoch + 1, kind: 'rollback', reason, actor: stored.actor, request: stored.id },
        ...{ champion: restored.champion, version: restored.version, restores_epoch: restored.epoch },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('epoch')
      .executeTakeFirst();
    if (inserted === undefined) throw errorOf('RollbackRefused', 'moved', { model, asked: epoch, epoch: epoch + 1 });
    await expectAlias(transaction, { lineage, champion: restored.champion });
    return inserted.epoch;
  });
}

async function epochOfRequest(db: Kysely<Database>, request: number): Promise<number> {
  const row = await db
    .selectFrom('promotions')
    .select('epoch')
    .where('request', '=', request)
    .executeTakeFirstOrThrow();
  return row.epoch;
}

async function reignsOf(db: Kysely<Database>, model: string, lineage: string): Promise<PastReign[]> {
  const rows = await db
    .selectFrom('promotions')
    .select(['epoch', 'champion', 'version', 'kind', 'restores_epoch'])
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .orderBy('epoch')
    .execute();
  return rows.map(({ restores_epoch: restoresEpoch, ...row }) => ({ ...row, restoresEpoch }));
}
