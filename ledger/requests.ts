import type { Kysely } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import { errorOf } from '../schemas/errors.ts';
import { storeActor } from './actors.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database } from './database.ts';

/** What somebody asks Reign to change. */
export interface NewRequest {
  /** kebab-case, as the operation is called: `apply`, `retrain`, `cancel`. */
  readonly operation: string;
  readonly actor: Actor;
  /** Null where it is about the installation. */
  readonly model: string | null;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly reason?: string | null;
  /** Sent again with the same key, and the same content, it is the same request. */
  readonly repeated?: { readonly key: string; readonly content: unknown };
}

export interface LedgerRequest {
  readonly id: number;
  readonly operation: string;
  readonly actor: string;
  readonly model: string | null;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly reason: string | null;
  readonly at: string;
}

/** A request as those who change something refer to it. */
export interface StoredRequest {
  readonly id: number;
  /** Of the actor. */
  readonly actor: string;
  /** False: it was recorded before, under the same key. */
  readonly created: boolean;
}

/**
 * Records a request, best in the transaction that changes what was asked for.
 *
 * @throws ReignError LedgerConflict where the same actor used the key for another request
 */
export async function storeRequest(db: Kysely<Database>, request: NewRequest): Promise<StoredRequest> {
  const { operation, model, subject, reason, repeated } = request;
  const actor = await storeActor(db, request.actor);
  const content = repeated && canonicalHash({ operation, model, subject, content: repeated.content });
  const stored = await db
    .insertInto('requests')
    .values({
      ...{ operation, actor, model, reason: reason ?? null },
      subject_kind: subject.kind,
      subject: subject.id,
      idempotency_key: repeated?.key ?? null,
      content_hash: content ?? null,
    })
    .onConflict((conflict) => conflict.columns(['actor', 'idempotency_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (stored !== undefined) return { id: stored.id, actor, created: true };
  const known = await db
    .selectFrom('requests')
    .select(['id', 'content_hash'])
    .where('actor', '=', actor)
    .where('idempotency_key', '=', repeated?.key ?? '')
    .executeTakeFirstOrThrow();
  if (known.content_hash === content) return { id: known.id, actor, created: false };
  throw errorOf('LedgerConflict', 'otherRequest', { key: JSON.stringify(repeated?.key ?? null), actor });
}

/** The newest request about a model of one of these operations; undefined where there is none. */
export async function lastRequest(
  db: Kysely<Database>,
  model: string,
  operations: readonly string[],
): Promise<number | undefined> {
  const row = await db
    .selectFrom('requests')
    .select('id')
    .where('model', '=', model)
    .where('operation', 'in', operations)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** What was asked about a subject, in order. */
export async function requestsAbout(
  db: Kysely<Database>,
  subject: { readonly kind: string; readonly id: string },
): Promise<LedgerRequest[]> {
  const rows = await db
    .selectFrom('requests')
    .selectAll()
    .where('subject_kind', '=', subject.kind)
    .where('subject', '=', subject.id)
    .orderBy('id')
    .execute();
  return rows.map(({ id, operation, actor, model, reason, at }) => ({
    ...{ id, operation, actor, model, subject, reason, at },
  }));
}
