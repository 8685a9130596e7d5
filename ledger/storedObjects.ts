import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';

/** What the ledger names in the store, by hash. */
export interface NamedObjects {
  readonly code: readonly string[];
  /** Rows, and beside them their row ids. */
  readonly snapshots: readonly string[];
  readonly evidence: readonly string[];
  readonly observations: readonly string[];
  readonly tracebacks: readonly string[];
}

/** What is named of one model, or of all but that one. */
export async function objectsNamed(
  db: Kysely<Database>,
  model: string,
  which: 'ofModel' | 'ofOthers',
): Promise<NamedObjects> {
  const chosen = which === 'ofModel' ? sql`= ${model}` : sql`<> ${model}`;
  const { rows } = await sql<{ kind: keyof NamedObjects; hash: string }>`
    select 'code' as kind, code_hash as hash from reign.definitions where model ${chosen}
    union select 'snapshots', s.content_hash from reign.cycle_snapshots s join reign.cycles c on c.id = s.cycle where c.model ${chosen}
    union select 'snapshots', train_snapshot from reign.versions where cycle is null and model ${chosen}
    union select 'evidence', evidence from reign.judgements where model ${chosen}
    union select 'observations', o.document from reign.cycle_observations o join reign.cycles c on c.id = o.cycle where c.model ${chosen}
    union select 'tracebacks', failure->>'traceback' from reign.cycles where model ${chosen}`.execute(db);
  const of = (kind: keyof NamedObjects) =>
    rows.flatMap((row) => (row.kind === kind && row.hash !== null ? [row.hash] : []));
  return {
    code: of('code'),
    snapshots: of('snapshots'),
    evidence: of('evidence'),
    observations: of('observations'),
    tracebacks: of('tracebacks'),
  };
}

/** An object that the ledger names, and for which model. */
export interface NamedObject {
  readonly kind: keyof NamedObjects;
  readonly hash: string;
  readonly model: string;
}

/** Everything that the ledger names of models that were not deleted since. */
export async function everyNamedObject(db: Kysely<Database>): Promise<NamedObject[]> {
  const { rows } = await sql<{ kind: keyof NamedObjects; hash: string | null; model: string }>`
    with kept as (
      select c.* from reign.cycles c where not exists (
        select from reign.deletions d where d.model = c.model and d.definition_version >= c.definition_version))
    select 'code' as kind, code_hash as hash, model from reign.definitions f where not exists (
      select from reign.deletions d where d.model = f.model and d.definition_version >= f.version)
    union select 'snapshots', s.content_hash, c.model from reign.cycle_snapshots s join kept c on c.id = s.cycle
    union select 'snapshots', v.train_snapshot, c.model from reign.versions v join kept c on c.challenger = v.id where v.cycle is null
    union select 'evidence', j.evidence, c.model from reign.judgements j join kept c on c.id = j.cycle
    union select 'observations', o.document, c.model from reign.cycle_observations o join kept c on c.id = o.cycle
    union select 'tracebacks', failure->>'traceback', model from kept`.execute(db);
  return rows.flatMap(({ kind, hash, model }) => (hash === null ? [] : [{ kind, hash, model }]));
}
