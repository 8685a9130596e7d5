import type { Kysely, Selectable } from 'kysely';
import type { Column } from '../schemas/columns.ts';
import { type Definition, Gate } from '../schemas/definition.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database } from './database.ts';

export interface StoredDefinition {
  readonly model: string;
  readonly version: number;
  readonly hash: string;
  readonly definition: Definition;
  readonly codeHash: string | null;
  readonly columns: Column[];
  readonly appliedAt: string;
  readonly appliedBy: string;
}

export interface ModelRow {
  readonly model: string;
  readonly createdAt: string;
  /** The latest. */
  readonly definitionVersion: number;
  readonly appliedAt: string;
}

/**
 * Stores a new version where anything differs from the latest: the definition, the code, or what the source's columns
 * are. Two at once with the same content make one version. Going back to what an earlier version said is a new version.
 */
export async function storeDefinition(
  db: Kysely<Database>,
  applied: { definition: Definition; codeHash: string | null; columns: Column[]; appliedBy: string },
): Promise<{ version: number; created: boolean }> {
  const { definition, codeHash, columns, appliedBy } = applied;
  const { model } = definition;
  // How Postgres names a type is for messages: varchar(10) and varchar(20) are the same to a model.
  const kinds = columns.map(({ name, kind, sourceType }) => ({ name, kind, sourceType }));
  const hash = canonicalHash({ definition, codeHash, columns: kinds });
  return await db.transaction().execute(async (transaction) => {
    await transaction
      .insertInto('models')
      .values({ name: model })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await transaction
      .selectFrom('models')
      .select('name')
      .where('name', '=', model)
      .forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const latest = await transaction
      .selectFrom('definitions')
      .select(['version', 'hash'])
      .where('model', '=', model)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (latest?.hash === hash) return { version: latest.version, created: false };
    const version = (latest?.version ?? 0) + 1;
    const document = JSON.stringify(definition);
    await transaction
      .insertInto('definitions')
      .values({
        model,
        version,
        hash,
        document,
        code_hash: codeHash,
        columns: JSON.stringify(columns),
        applied_by: appliedBy,
      })
      .execute();
    return { version, created: true };
  });
}

/** The version in force: the latest that was applied. */
export async function latestDefinition(db: Kysely<Database>, model: string): Promise<StoredDefinition | undefined> {
  const row = await db
    .selectFrom('definitions')
    .selectAll()
    .where('model', '=', model)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && storedDefinition(row);
}

export async function definitionVersion(
  db: Kysely<Database>,
  model: string,
  version: number,
): Promise<StoredDefinition | undefined> {
  const row = await db
    .selectFrom('definitions')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst();
  return row && storedDefinition(row);
}

/** Every model that was ever applied, by name. */
export async function models(db: Kysely<Database>): Promise<ModelRow[]> {
  const rows = await db
    .selectFrom('models')
    .innerJoin('definitions', 'definitions.model', 'models.name')
    .distinctOn('models.name')
    .select(['models.name', 'models.created_at', 'definitions.version', 'definitions.applied_at'])
    .orderBy('models.name')
    .orderBy('definitions.version', 'desc')
    .execute();
  return rows.map((row) => ({
    model: row.name,
    createdAt: row.created_at,
    definitionVersion: row.version,
    appliedAt: row.applied_at,
  }));
}

function storedDefinition(row: Selectable<Database['definitions']>): StoredDefinition {
  return {
    model: row.model,
    version: row.version,
    hash: row.hash,
    // Applied by an earlier release, it may lack what a gate can say by now: the defaults hold.
    definition: { ...row.document, gate: Gate.parse(row.document.gate) },
    codeHash: row.code_hash,
    columns: row.columns,
    appliedAt: row.applied_at,
    appliedBy: row.applied_by,
  };
}
