import { type Kysely, sql } from 'kysely';
import { appendOnly } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const events = createTable({
  name: 'events',
  comment: 'What happened, in order, for people who ask afterwards. Append-only; decides nothing.',
  columns: {
    id: ['bigint primary key generated always as identity', 'Order of writing.'],
    model: ['text not null references reign.models', 'Which model.'],
    cycle: ['text references reign.cycles', 'Which cycle, where it is about one.'],
    at: ['timestamptz not null default clock_timestamp()', 'When it was written.'],
    kind: ['text not null', 'kebab-case, stable.'],
    key: ['text', 'Written once per model, cycle, kind and key, however often the activity ran; null: every time.'],
    detail: ['jsonb not null', 'More; never the values of rows.'],
  },
});

const indexes = `
create unique index events_once on reign.events (model, coalesce(cycle, ''), kind, key) where key is not null;
create index events_by_cycle on reign.events (cycle, id);`;

const bookkeeping = `
comment on schema reign is 'The ledger of Reign: see docs/ledger.md.';
comment on table reign.migrations is 'Which migrations of this schema have run.';
comment on column reign.migrations.name is 'The migration.';
comment on column reign.migrations.timestamp is 'When it ran.';
comment on table reign.migrations_lock is 'Used while migrating.';
comment on column reign.migrations_lock.id is 'The lock.';
comment on column reign.migrations_lock.is_locked is 'Whether a migration is running.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([events, indexes, appendOnly('events'), bookkeeping].join('\n')).execute(db);
}
