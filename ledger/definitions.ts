import type { Kysely, Selectable } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { Column } from '../schemas/columns.ts';
import { type Definition, DefinitionFields, type DefinitionSettings } from '../schemas/definition.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database, DefinitionDocument } from './database.ts';
import { nextSettings, readSettings, splitDefinition } from './definitionSettings.ts';
import { type Deletion, deletionOf, deletions } from './deletions.ts';
import { storeRequest } from './requests.ts';
import { type Retirement, retirementOf, retirements } from './retirements.ts';

export interface StoredDefinition {
  readonly model: string;
  readonly version: number;
  /** sha256 over what was applied: the document as it is stored, the code, the columns. */
  readonly hash: string;
  /**
   * What was applied as this release reads it: with the defaults of keys that came later, and with the model's settings
   * that are in force now.
   */
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
  /** Null where it is retrained. */
  readonly retirement: Retirement | null;
}

/** What storing a definition did. */
export interface AppliedVersion {
  readonly version: number;
  /** False: nothing had changed that makes a version. */
  readonly created: boolean;
  /** Whether a setting that changes no fit was set, changed or removed. */
  readonly settingsChanged: boolean;
}

/**
 * Stores a new version where anything differs from the latest: the definition, the code, or what the source's columns
 * are. Two at once with the same content make one version. Going back to what an earlier version said is a new version.
 * Settings that change no fit, such as the schedule, make no version: they are stored beside it, with their own history.
 *
 * Both are compared as this release reads them: a key that a release adds, with a default, changes no definition.
 */
export async function storeDefinition(
  db: Kysely<Database>,
  applied: { definition: Definition; codeHash: string | null; columns: Column[]; appliedBy: Actor },
): Promise<AppliedVersion> {
  const { definition, codeHash, columns, appliedBy } = applied;
  const { model } = definition;
  const { document, settings } = splitDefinition(definition);
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
    // A later version is what brings a deleted or retired model back.
    const hasEnded =
      latest !== undefined &&
      ((await deletionOf(transaction, model, latest.version)) ??
        (await retirementOf(transaction, model, latest.version))) !== undefined;
    const created =
      latest === undefined || hasEnded || !saysTheSame(latest, { document, code_hash: codeHash, columns });
    const version = (latest?.version ?? 0) + (created ? 1 : 0);
    const number = await nextSettings(transaction, model, settings);
    const settingsChanged = number !== null && (latest !== undefined || Object.keys(settings).length > 0);
    if (!created && number === null) return { version, created, settingsChanged };
    const { id: request } = await storeRequest(transaction, {
      ...{ operation: 'apply', actor: appliedBy, model },
      subject: { kind: 'definition', id: `${model}.v${version}` },
    });
    if (number !== null) {
      await transaction
        .insertInto('definition_settings')
        .values({ model, number, request, document: JSON.stringify(settings), applied_by: appliedBy.name })
        .execute();
    }
    if (created) {
      await transaction
        .insertInto('definitions')
        .values({
          ...{ model, version, request },
          hash: definitionHash({ document, codeHash, columns }),
          document: JSON.stringify(document),
          code_hash: codeHash,
          columns: JSON.stringify(columns),
          applied_by: appliedBy.name,
        })
        .execute();
    }
    return { version, created, settingsChanged };
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

type Applied = Pick<Selectable<Database['definitions']>, 'document' | 'code_hash' | 'columns'>;

function saysTheSame(stored: Applied, applied: Applied): boolean {
  const asRead = ({ document, code_hash: codeHash, columns }: Applied) =>
    definitionHash({ document: splitDefinition(read(document)).document, codeHash, columns });
  return asRead(stored) === asRead(applied);
}

/** With the defaults of what a definition can say by now. What this release does not read stays as it is stored. */
function read(document: DefinitionDocument): Definition {
  return DefinitionFields.safeParse(document).data ?? document;
}

/** The version in force: the latest that was applied. */
export async function latestDefinition(db: Kysely<Database>, model: string): Promise<StoredDefinition | undefined> {
  const row = await withSettings(db)
    .where('definitions.model', '=', model)
    .orderBy('definitions.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && storedDefinition(row);
}

export async function definitionVersion(
  db: Kysely<Database>,
  model: string,
  version: number,
): Promise<StoredDefinition | undefined> {
  const row = await withSettings(db)
    .where('definitions.model', '=', model)
    .where('definitions.version', '=', version)
    .executeTakeFirst();
  return row && storedDefinition(row);
}

/** Every model that was applied and not deleted since, by name. */
export async function models(db: Kysely<Database>): Promise<ModelRow[]> {
  return (await everyModel(db)).filter(({ deletion }) => deletion === null);
}

/** Every model that was ever applied, by name. */
export async function everyModel(db: Kysely<Database>): Promise<(ModelRow & { readonly deletion: Deletion | null })[]> {
  const [deleted, retired] = [await deletions(db), await retirements(db)];
  const rows = await db
    .selectFrom('models')
    .innerJoin('definitions', 'definitions.model', 'models.name')
    .distinctOn('models.name')
    .select(['models.name', 'models.created_at', 'definitions.version', 'definitions.applied_at'])
    .orderBy('models.name')
    .orderBy('definitions.version', 'desc')
    .execute();
  return rows.map((row) => {
    const held = <Ended extends { readonly definitionVersion: number }>(last: Ended | undefined): Ended | null =>
      last !== undefined && last.definitionVersion >= row.version ? last : null;
    return {
      model: row.name,
      createdAt: row.created_at,
      definitionVersion: row.version,
      appliedAt: row.applied_at,
      retirement: held(retired.get(row.name)),
      deletion: held(deleted.get(row.name)),
    };
  });
}

/** Versions, each with the model's settings that are in force now. */
function withSettings(db: Kysely<Database>) {
  return db
    .selectFrom('definitions')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('definition_settings')
          .select('definition_settings.document as settings')
          .whereRef('definition_settings.model', '=', 'definitions.model')
          .orderBy('definition_settings.number', 'desc')
          .limit(1)
          .as('in_force'),
      (join) => join.onTrue(),
    )
    .selectAll('definitions')
    .select('in_force.settings');
}

function storedDefinition(
  row: Selectable<Database['definitions']> & { settings: DefinitionSettings | null },
): StoredDefinition {
  const { document } = splitDefinition(read(row.document));
  return {
    model: row.model,
    version: row.version,
    hash: row.hash,
    definition: { ...document, ...readSettings(row.settings ?? {}) },
    document: row.document,
    codeHash: row.code_hash,
    columns: row.columns,
    appliedAt: row.applied_at,
    appliedBy: row.applied_by,
  };
}
