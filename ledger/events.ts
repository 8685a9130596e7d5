import type { Kysely } from 'kysely';
import type { Database } from './database.ts';

export interface NewEvent {
  readonly model: string;
  readonly cycle: string | null;
  /** kebab-case, stable. */
  readonly kind: string;
  /** Never the values of rows. */
  readonly detail: unknown;
  /** With a key it is written once per model, cycle and kind, however often the activity runs. */
  readonly key?: string;
}

export interface LedgerEvent {
  readonly id: number;
  readonly model: string;
  readonly cycle: string | null;
  readonly at: string;
  readonly kind: string;
  readonly detail: unknown;
}

/** Writes down what happened. False where it was written before, under the same key. */
export async function event(db: Kysely<Database>, { model, cycle, kind, detail, key }: NewEvent): Promise<boolean> {
  const written = await db
    .insertInto('events')
    .values({ model, cycle, kind, key: key ?? null, detail: JSON.stringify(detail ?? {}) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return written !== undefined;
}

/** What happened in a cycle, in order. */
export async function eventsOf(db: Kysely<Database>, cycle: string): Promise<LedgerEvent[]> {
  return await db
    .selectFrom('events')
    .select(['id', 'model', 'cycle', 'at', 'kind', 'detail'])
    .where('cycle', '=', cycle)
    .orderBy('id')
    .execute();
}
