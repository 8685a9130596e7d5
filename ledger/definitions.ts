import type { Kysely, Selectable } from 'kysely';
import type { Column } from '../schemas/columns.ts';
import { type Definition, DefinitionFields } from '../schemas/definition.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database } from './database.ts';

export interface StoredDefinition {
  readonly model: string;
  readonly version: number;
  /** sha256 over what was applied: the document as it is stored, the code, the columns. */
  readonly hash: string;
  /** What was applied as this release reads it: with the defaults of keys that came later. */
  readonly definition: Definition;
  /** What was applied, as it is stored: only this has the hash. */
  readonly document: unknown;
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
 *
 * Both are compared as this release reads them: a key that a release adds, with a default, changes no definition.
 */
export async function storeDefinition(
  db: Kysely<Database>,
  applied: { definition: Definition; codeHash: string | null; columns: Column[]; appliedBy: string },
): Promise<{ version: number; created: boolean }> {
  const { definition, codeHash, columns, appliedBy } = applied;
  const { model } = definition;
  const hash = definitionHash({ document: definition, codeHash, columns });
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
      .selectAll()
      .where('model', '=', model)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (latest !== undefined && (latest.hash === hash || saysTheSame(storedDefinition(latest), applied)))
      return { version: latest.version, created: false };
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

/**
 * What names a version's content.
 *
 * @param document the definition as it is stored, never as a later release reads it
 */
export function definitionHash({
  document,
  codeHash,
  columns,
}: {
  readonly document: unknown;
  readonly codeHash: string | null;
  readonly columns: readonly Column[];
}): string {
  // How Postgres names a type is for messages: varchar(10) and varchar(20) are the same to a model.
  const kinds = columns.map(({ name, kind, sourceType }) => ({ name, kind, sourceType }));
  return canonicalHash({ definition: document, codeHash, columns: kinds });
}

type Applied = Pick<StoredDefinition, 'definition' | 'codeHash' | 'columns'>;

function saysTheSame(stored: Applied, applied: Applied): boolean {
  const asRead = ({ definition, codeHash, columns }: Applied) =>
    definitionHash({ document: read(definition), codeHash, columns });
  return asRead(stored) === asRead(applied);
}

/** With the defaults of what a definition can say by now. What this release does not read stays as it is stored. */
function read(document: Definition): Definition {
  return DefinitionFields.safeParse(document).data ?? document;
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
    definition: read(row.document),
    document: row.document,
    codeHash: row.code_hash,
    columns: row.columns,
    appliedAt: row.applied_at,
    appliedBy: row.applied_by,
  };
}
