import type { Kysely } from 'kysely';
import type { ExtractedSnapshot } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Database } from './database.ts';
import { instant } from './instants.ts';

/** A snapshot as a cycle named it. */
export type NamedSnapshot = ExtractedSnapshot & { readonly window: Window };

/** The snapshots that the current attempt of a cycle named. */
export async function namedSnapshots(db: Kysely<Database>, cycle: string): Promise<NamedSnapshot[]> {
  const rows = await db
    .selectFrom('cycles')
    .innerJoin('cycle_snapshots', (join) =>
      join.onRef('cycle_snapshots.cycle', '=', 'cycles.id').onRef('cycle_snapshots.attempt', '=', 'cycles.attempt'),
    )
    .innerJoin('snapshots', 'snapshots.content_hash', 'cycle_snapshots.content_hash')
    .select(['purpose', 'snapshots.content_hash', 'snapshots.rows', 'query_hash', 'window_from', 'window_to'])
    .where('cycles.id', '=', cycle)
    .orderBy('purpose')
    .execute();
  return rows.map((row) => ({
    purpose: row.purpose,
    contentHash: row.content_hash,
    rows: row.rows,
    queryHash: row.query_hash,
    window: { from: instant(row.window_from), to: instant(row.window_to) },
  }));
}
