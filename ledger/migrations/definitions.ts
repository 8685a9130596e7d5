import { type Kysely, sql } from 'kysely';
import { appendOnly, refuseChange } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const models = createTable({
  name: 'models',
  comment: 'Everything that Reign keeps a champion of.',
  columns: {
    name: ['text primary key', 'The name of the model, as its definition gives it.'],
    created_at: ['timestamptz not null default clock_timestamp()', 'When its first definition was applied.'],
  },
});

const definitions = createTable({
  name: 'definitions',
  comment: 'Every version of every definition that was applied. Append-only.',
  columns: {
    model: ['text not null references reign.models', 'The model that it describes.'],
    version: ['integer not null check (version >= 1)', '1 for the first; the highest is the one in force.'],
    hash: [`text not null check (hash ~ '^[0-9a-f]{64}$')`, 'sha256 over document, code_hash and the columns.'],
    document: ['jsonb not null', 'The whole definition, defaults filled in.'],
    code_hash: [
      `text check (code_hash ~ '^[0-9a-f]{64}$')`,
      'The packed Python files in the store, by hash; null for a declarative pipeline.',
    ],
    columns: ['jsonb not null', "What the source's query returned when this was applied: name, kind and type."],
    applied_at: ['timestamptz not null default clock_timestamp()', 'When it was applied.'],
    applied_by: ['text not null', 'Who applied it.'],
  },
  constraints: ['primary key (model, version)', `check (document->>'model' = model)`],
});

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([refuseChange, models, definitions, appendOnly('definitions')].join('\n')).execute(db);
}
