import type { Kysely } from 'kysely';
import { type Definition, DefinitionSettings } from '../schemas/definition.ts';
import { canonicalHash } from './canonicalHash.ts';
import type { Database } from './database.ts';

/** What a definition said that changes no fit, from when on. */
export interface StoredSettings {
  readonly settings: DefinitionSettings;
  readonly appliedAt: string;
  readonly appliedBy: string;
}

const isSetting = (key: string): boolean => key in DefinitionSettings.shape;

/** A definition as it is stored: what makes a version, and the settings beside it. */
export function splitDefinition(definition: Definition): {
  readonly document: Omit<Definition, keyof DefinitionSettings>;
  readonly settings: DefinitionSettings;
} {
  const entries = Object.entries(definition).filter(([, value]) => value !== undefined);
  return {
    document: Object.fromEntries(entries.filter(([key]) => !isSetting(key))) as Omit<
      Definition,
      keyof DefinitionSettings
    >,
    settings: Object.fromEntries(entries.filter(([key]) => isSetting(key))),
  };
}

/** The number under which settings are to be stored; null where they are those in force. */
export async function nextSettings(
  db: Kysely<Database>,
  model: string,
  settings: DefinitionSettings,
): Promise<number | null> {
  const latest = await db
    .selectFrom('definition_settings')
    .select(['number', 'document'])
    .where('model', '=', model)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (latest === undefined) return 1;
  const hashOf = (document: DefinitionSettings) => canonicalHash(readSettings(document));
  return hashOf(latest.document) === hashOf(settings) ? null : latest.number + 1;
}

/** Every change of a model's settings, in order; the last one is in force. */
export async function settingsHistory(db: Kysely<Database>, model: string): Promise<StoredSettings[]> {
  const rows = await db
    .selectFrom('definition_settings')
    .selectAll()
    .where('model', '=', model)
    .orderBy('number')
    .execute();
  return rows.map(({ document, applied_at: appliedAt, applied_by: appliedBy }) => ({
    settings: readSettings(document),
    ...{ appliedAt, appliedBy },
  }));
}

/** With the defaults of what a definition can say by now. What this release does not read stays as it is stored. */
export const readSettings = (document: DefinitionSettings): DefinitionSettings =>
  DefinitionSettings.safeParse(document).data ?? document;
