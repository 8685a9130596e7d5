import { type Expression, type ExpressionBuilder, expressionBuilder, type Kysely } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { Database } from './database.ts';
import { storeRequest } from './requests.ts';

/** That a model was deleted, up to a definition version. */
export interface Deletion {
  readonly model: string;
  readonly definitionVersion: number;
  readonly forced: boolean;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/**
 * Records that a model is deleted, before anything of it is. Two at once are one.
 *
 * @throws ReignError LedgerConflict where a cycle has not ended, or where it had a champion and the deletion is not forced
 */
export async function storeDeletion(
  db: Kysely<Database>,
  asked: {
    readonly model: string;
    readonly definitionVersion: number;
    readonly forced: boolean;
    readonly reason: string;
    readonly actor: Actor;
  },
): Promise<void> {
  const { model, definitionVersion, forced, reason } = asked;
  await db.transaction().execute(async (transaction) => {
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', '=', model)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const known = await deletionOf(transaction, model, definitionVersion);
    if (known !== undefined) return;
    const { id: request, actor } = await storeRequest(transaction, {
      ...{ operation: 'delete', actor: asked.actor, model, reason },
      subject: { kind: 'model', id: model },
    });
    await transaction
      .insertInto('deletions')
      .values({ model, definition_version: definitionVersion, forced, reason, actor, request })
      .execute();
    // Nothing is left that MLflow could follow.
    await transaction.deleteFrom('pending_projections').where('model', '=', model).execute();
  });
}

/** The deletion that a definition version of a model fell to. */
export async function deletionOf(
  db: Kysely<Database>,
  model: string,
  definitionVersion: number,
): Promise<Deletion | undefined> {
  const row = await selectDeletions(db)
    .where('deletions.model', '=', model)
    .where('definition_version', '>=', definitionVersion)
    .orderBy('definition_version')
    .limit(1)
    .executeTakeFirst();
  return row && deletion(row);
}

/** Whether a model was not deleted since this definition version of it: of one that was, only the ledger has anything left. */
const versionNotDeleted = (model: Expression<string>, definitionVersion: Expression<number>) => {
  const { not, exists, selectFrom } = expressionBuilder<Database>();
  return not(
    exists(
      selectFrom('deletions')
        .select('deletions.id')
        .where('deletions.model', '=', model)
        .where('deletions.definition_version', '>=', definitionVersion),
    ),
  );
};

/** Whether a cycle is one of a model that was not deleted since. */
export const notDeleted = ({ ref }: ExpressionBuilder<Database, 'cycles'>) =>
  versionNotDeleted(ref('cycles.model'), ref('cycles.definition_version'));

/** Whether a definition that was not deleted since has this code. */
export async function codeIsUsed(db: Kysely<Database>, hash: string): Promise<boolean> {
  const row = await db
    .selectFrom('definitions')
    .select('version')
    .where('code_hash', '=', hash)
    .where(({ ref }) => versionNotDeleted(ref('definitions.model'), ref('definitions.version')))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The last deletion of every model that was ever deleted, by model. */
export async function deletions(db: Kysely<Database>): Promise<Map<string, Deletion>> {
  const rows = await selectDeletions(db)
    .distinctOn('deletions.model')
    .orderBy('deletions.model')
    .orderBy('definition_version', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.model, deletion(row)]));
}

const selectDeletions = (db: Kysely<Database>) =>
  db
    .selectFrom('deletions')
    .innerJoin('actors', 'actors.id', 'deletions.actor')
    .select(['deletions.model', 'definition_version', 'forced', 'reason', 'actors.name', 'deleted_at']);

const deletion = (row: {
  model: string;
  definition_version: number;
  forced: boolean;
  reason: string;
  name: string;
  deleted_at: string;
}): Deletion => ({
  ...{ model: row.model, definitionVersion: row.definition_version, forced: row.forced, reason: row.reason },
  ...{ by: row.name, at: row.deleted_at },
});
