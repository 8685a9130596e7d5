import type { Kysely } from 'kysely';
import { describeCodeWarning } from '../schemas/codeWarning.ts';
import type { CodeWarning } from '../schemas/payloads.ts';
import type { Database } from './database.ts';
import { notDeleted } from './deletions.ts';
import { event } from './events.ts';

/** A cycle with what was warned of in it. */
export interface WarnedCycle {
  readonly model: string;
  readonly cycle: string;
  readonly warnings: readonly string[];
}

/** Writes down what the author's code, or a library that it calls, warned of: each place once. */
export async function storeCodeWarnings(
  db: Kysely<Database>,
  { id: cycle, model }: { readonly id: string; readonly model: string },
  warnings: readonly CodeWarning[],
): Promise<void> {
  for (const warning of warnings) {
    const { during, category, place } = warning;
    const detail = { warning: describeCodeWarning(warning) };
    await event(db, { model, cycle, kind: 'warning', detail, key: `${during} ${category} ${place}` });
  }
}

/** What was warned of in a cycle, in order: by the checks of its rows, by the author's code, by MLflow. */
export async function warningsOf(db: Kysely<Database>, cycle: string): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('detail')
    .where('cycle', '=', cycle)
    .where('kind', '=', 'warning')
    .orderBy('id')
    .execute();
  return [...new Set(rows.map(({ detail }) => textOf(detail)))];
}

/** The same of every cycle of a model that has any, by its id. */
export async function warningsByCycle(db: Kysely<Database>, model: string): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('events')
    .select(['cycle', 'detail'])
    .where('model', '=', model)
    .where('kind', '=', 'warning')
    .orderBy('id')
    .execute();
  const found = new Map<string, string[]>();
  for (const { cycle, detail } of rows) {
    if (cycle === null) continue;
    const before = found.get(cycle) ?? [];
    const text = textOf(detail);
    if (!before.includes(text)) found.set(cycle, [...before, text]);
  }
  return found;
}

/** The last cycle of every model in a lineage, where something was warned of in it. */
export async function latestWarnings(db: Kysely<Database>, lineage: string): Promise<WarnedCycle[]> {
  const latest = await db
    .selectFrom('cycles')
    .select(['model', 'id'])
    .distinctOn('model')
    .where('lineage', '=', lineage)
    .where(notDeleted)
    .orderBy('model')
    .orderBy('as_of', 'desc')
    .orderBy('definition_version', 'desc')
    .execute();
  const found: WarnedCycle[] = [];
  for (const { model, id } of latest) {
    const warnings = await warningsOf(db, id);
    if (warnings.length > 0) found.push({ model, cycle: id, warnings });
  }
  return found;
}

function textOf(detail: unknown): string {
  const warning = typeof detail === 'object' && detail !== null && 'warning' in detail ? detail.warning : undefined;
  return typeof warning === 'string' ? warning : JSON.stringify(detail);
}
