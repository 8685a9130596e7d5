import type { Kysely, Selectable } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import { errorOf } from '../schemas/errors.ts';
import type { TrackedRun } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';
import { storeRequest } from './requests.ts';

/** A version that was fitted outside of Reign and registered by a person. */
export interface OutsideVersion {
  /** `MODEL.registered.N` */
  readonly id: string;
  readonly model: string;
  readonly version: number;
  readonly modelUri: string;
  readonly files: Readonly<Record<string, string>>;
  /** Of the files: every load checks it. */
  readonly digest: string;
  /** Null where the rows that it was fitted on are not in the store. */
  readonly trainSnapshot: string | null;
  /** Null where nobody knows. */
  readonly trainWindow: Window | null;
  /** When MLflow made the version, in whole seconds, rounded up: whoever fitted it knew no later row. */
  readonly registeredAt: string;
  /** Null where MLflow keeps no run, or no logged model of its own. */
  readonly run: TrackedRun | null;
}

export interface NewOutsideVersion extends Omit<OutsideVersion, 'id'> {
  readonly actor: Actor;
  readonly reason: string;
  /** How many rows `trainSnapshot` has. */
  readonly trainRows: number | null;
}

export const outsideVersionId = (model: string, version: number): string => `${model}.registered.${version}`;

/**
 * Registers a version from outside with the ledger, so that it can be judged. It never changes: the answer is what was
 * registered first.
 *
 * @throws ReignError ChallengeRefused where its files have changed since
 */
export async function admitVersion(db: Kysely<Database>, version: NewOutsideVersion): Promise<OutsideVersion> {
  const id = outsideVersionId(version.model, version.version);
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', '=', version.model)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const known = await outsideVersionById(transaction, id);
    if (known === undefined) await insert(transaction, id, version);
    else if (known.digest !== version.digest)
      throw errorOf('ChallengeRefused', 'filesChanged', { model: version.model, version: version.version });
    return known ?? { ...version, id };
  });
}

async function insert(db: Kysely<Database>, id: string, version: NewOutsideVersion): Promise<void> {
  const { model, actor, reason, trainSnapshot, trainRows, trainWindow, run, files } = version;
  const asked = await storeRequest(db, {
    operation: 'challenge',
    actor,
    model,
    subject: { kind: 'version', id },
    reason,
  });
  if (trainSnapshot !== null)
    await db
      .insertInto('snapshots')
      .values({ content_hash: trainSnapshot, rows: trainRows ?? 0 })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  await db
    .insertInto('versions')
    .values({
      ...{ id, model, origin: 'notebook', version: version.version, model_uri: version.modelUri },
      ...{ files: JSON.stringify(files), digest: version.digest, registered_at: version.registeredAt },
      ...{ train_snapshot: trainSnapshot, train_rows: trainRows },
      ...{ train_from: trainWindow?.from ?? null, train_to: trainWindow?.to ?? null },
      ...{ experiment_id: run?.experimentId ?? null, run_id: run?.runId ?? null, model_id: run?.modelId ?? null },
      request: asked.id,
    })
    .execute();
}

/** A version of a model that a person registered; undefined where the ledger knows none of that number. */
export async function outsideVersionOf(
  db: Kysely<Database>,
  model: string,
  version: number,
): Promise<OutsideVersion | undefined> {
  return await outsideVersionById(db, outsideVersionId(model, version));
}

async function outsideVersionById(db: Kysely<Database>, id: string): Promise<OutsideVersion | undefined> {
  const row = await db.selectFrom('versions').selectAll().where('id', '=', id).executeTakeFirst();
  return row && outsideVersion(row);
}

/** What the constraints of `versions` keep of one that no cycle fitted. */
export function outsideVersion(row: Selectable<Database['versions']>): OutsideVersion | undefined {
  const { version, model_uri: modelUri, digest, files, registered_at: registeredAt } = row;
  if (version === null || modelUri === null || digest === null || files === null || registeredAt === null)
    return undefined;
  const { experiment_id: experimentId, run_id: runId, model_id: modelId } = row;
  return {
    ...{ id: row.id, model: row.model, version, modelUri, digest, files },
    trainSnapshot: row.train_snapshot,
    trainWindow:
      row.train_from === null || row.train_to === null
        ? null
        : { from: instant(row.train_from), to: instant(row.train_to) },
    registeredAt: instant(registeredAt),
    run: experimentId === null || runId === null || modelId === null ? null : { experimentId, runId, modelId },
  };
}
