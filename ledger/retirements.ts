import type { Kysely } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { Database } from './database.ts';
import { storeRequest } from './requests.ts';

/** That a model is retrained no more, up to a definition version. */
export interface Retirement {
  readonly model: string;
  readonly definitionVersion: number;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/**
 * Records that a model is retired. Two at once are one.
 *
 * @returns false where it was retired before
 * @throws ReignError LedgerConflict where a newer definition version was applied meanwhile
 */
export async function storeRetirement(
  db: Kysely<Database>,
  asked: {
    readonly model: string;
    readonly definitionVersion: number;
    readonly reason: string;
    readonly actor: Actor;
  },
): Promise<boolean> {
  const { model, definitionVersion, reason } = asked;
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', '=', model)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if ((await retirementOf(transaction, model, definitionVersion)) !== undefined) return false;
    const { id: request, actor } = await storeRequest(transaction, {
      ...{ operation: 'retire', actor: asked.actor, model, reason },
      subject: { kind: 'model', id: model },
    });
    await transaction
      .insertInto('retirements')
      .values({ model, definition_version: definitionVersion, reason, actor, request })
      .execute();
    return true;
  });
}

/** The retirement that holds for a definition version of a model. */
export async function retirementOf(
  db: Kysely<Database>,
  model: string,
  definitionVersion: number,
): Promise<Retirement | undefined> {
  const row = await selectRetirements(db)
    .where('retirements.model', '=', model)
    .where('definition_version', '>=', definitionVersion)
    .orderBy('definition_version')
    .limit(1)
    .executeTakeFirst();
  return row && retirement(row);
}

/** The last retirement of every model that was ever retired, by model. */
export async function retirements(db: Kysely<Database>): Promise<Map<string, Retirement>> {
  const rows = await selectRetirements(db)
    .distinctOn('retirements.model')
    .orderBy('retirements.model')
    .orderBy('definition_version', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.model, retirement(row)]));
}

const selectRetirements = (db: Kysely<Database>) =>
  db
    .selectFrom('retirements')
    .innerJoin('actors', 'actors.id', 'retirements.actor')
    .select(['retirements.model', 'definition_version', 'reason', 'actors.name', 'retired_at']);

const retirement = (row: {
  model: string;
  definition_version: number;
  reason: string;
  name: string;
  retired_at: string;
}): Retirement => ({
  ...{ model: row.model, definitionVersion: row.definition_version, reason: row.reason },
  ...{ by: row.name, at: row.retired_at },
});
