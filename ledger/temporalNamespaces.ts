import type { Kysely } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { Database } from './database.ts';
import { installationId } from './reconciliations.ts';
import { storeRequest } from './requests.ts';

/** A namespace of Temporal. */
export interface TemporalNamespace {
  /** No other one has it, not even of the same name on another server. */
  readonly id: string;
  readonly name: string;
}

/** The namespace that runs this ledger's cycles; undefined where no worker has run yet. */
export async function ownNamespace(db: Kysely<Database>): Promise<TemporalNamespace | undefined> {
  const row = await latest(db);
  return row && { id: row.namespace_id, name: row.name };
}

/** Keeps a namespace where there is none yet. Of two at once the first stays. Gives the one in force. */
export async function keepNamespace(db: Kysely<Database>, { id, name }: TemporalNamespace): Promise<TemporalNamespace> {
  await db
    .insertInto('temporal_namespaces')
    .values({ number: 1, namespace_id: id, name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await ownNamespace(db)) ?? { id, name };
}

/**
 * Another namespace runs the ledger's cycles from now on, because a person says so.
 *
 * @returns false where it is the one in force, or the first one
 */
export async function moveNamespace(
  db: Kysely<Database>,
  { id, name }: TemporalNamespace,
  actor: Actor,
): Promise<boolean> {
  if ((await keepNamespace(db, { id, name })).id === id) return false;
  return await db.transaction().execute(async (transaction) => {
    const before = await latest(transaction);
    const subject = { kind: 'installation', id: await installationId(transaction) };
    const { id: request } = await storeRequest(transaction, {
      operation: 'move-temporal',
      actor,
      model: null,
      subject,
    });
    await transaction
      .insertInto('temporal_namespaces')
      .values({ number: (before?.number ?? 0) + 1, namespace_id: id, name, request })
      .execute();
    return true;
  });
}

const latest = (db: Kysely<Database>) =>
  db.selectFrom('temporal_namespaces').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
