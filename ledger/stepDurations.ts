import type { Kysely } from 'kysely';
import { StepDurations } from '../schemas/progress.ts';
import type { Database } from './database.ts';
import { event } from './events.ts';
import type { Attempt } from './lockCycle.ts';

const kind = 'step-durations';

/** Writes down how long each step of an attempt took; what was written first stays. */
export async function storeStepDurations(
  db: Kysely<Database>,
  { id: cycle, model, attempt }: Attempt & { readonly model: string },
  steps: StepDurations,
): Promise<void> {
  await event(db, { model, cycle, kind, detail: { attempt, steps }, key: String(attempt) });
}

/** How long each step of an attempt took, in order; null for cycles of earlier releases, and while it runs. */
export async function stepDurationsOf(
  db: Kysely<Database>,
  { id: cycle, attempt }: Attempt,
): Promise<StepDurations | null> {
  const row = await db
    .selectFrom('events')
    .select('detail')
    .where('cycle', '=', cycle)
    .where('kind', '=', kind)
    .where('key', '=', String(attempt))
    .executeTakeFirst();
  const { steps } = (row?.detail ?? {}) as { steps?: unknown };
  return StepDurations.safeParse(steps).data ?? null;
}
