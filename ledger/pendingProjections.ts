import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';

/** What Reign tells MLflow about a cycle: who reigns now, or how the cycle ended. */
export type ProjectedPart = 'champion' | 'outcome';

export interface PendingProjection {
  readonly cycle: string;
  readonly model: string;
  readonly lineage: string;
  readonly part: ProjectedPart;
  /** Why it failed last. */
  readonly reason: string;
  readonly tries: number;
  readonly since: string;
}

type Projection = Pick<PendingProjection, 'cycle' | 'model' | 'part'>;

/** Says that MLflow is to follow, before it is asked: whoever dies meanwhile leaves it to the next worker. */
export async function expectProjection(db: Kysely<Database>, { cycle, model, part }: Projection): Promise<void> {
  await db
    .insertInto('pending_projections')
    .values({ cycle, model, part, reason: 'MLflow was not asked yet, or did not answer.' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function failProjection(db: Kysely<Database>, { cycle, part }: Projection, reason: string): Promise<void> {
  await db
    .updateTable('pending_projections')
    .set({ reason, tries: sql`tries + 1`, tried_at: sql`clock_timestamp()` })
    .where('cycle', '=', cycle)
    .where('part', '=', part)
    .execute();
}

/** It holds. An alias that is right is right for every cycle of the model. */
export async function settleProjection(db: Kysely<Database>, { cycle, model, part }: Projection): Promise<void> {
  const held = db.deleteFrom('pending_projections').where('part', '=', part);
  await (part === 'champion' ? held.where('model', '=', model) : held.where('cycle', '=', cycle)).execute();
}

/** What MLflow does not follow yet, the oldest first. */
export async function pendingProjections(db: Kysely<Database>): Promise<PendingProjection[]> {
  return await pending(db).execute();
}

/** Those whose next try is due: a minute after the first, then in pauses that double, up to a day. */
export async function dueProjections(db: Kysely<Database>): Promise<PendingProjection[]> {
  return await pending(db)
    .where(
      sql<boolean>`tried_at + least(power(2, least(tries, 11) - 1) * interval '1 minute', interval '1 day') <= clock_timestamp()`,
    )
    .execute();
}

function pending(db: Kysely<Database>) {
  return db
    .selectFrom('pending_projections')
    .innerJoin('cycles', 'cycles.id', 'pending_projections.cycle')
    .select(['pending_projections.cycle', 'pending_projections.model', 'cycles.lineage', 'part', 'reason'])
    .select(['tries', 'since'])
    .orderBy('since');
}
