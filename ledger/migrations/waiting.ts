import { type Kysely, sql } from 'kysely';
import { createTable } from './createTable.ts';

const waitsFor = `
alter table reign.cycles
  add column waits_for text check (waits_for in ('person', 'fault')),
  add constraint cycles_waits_for check (waits_for is null or status = 'waiting');
comment on column reign.cycles.waits_for is
  'waiting: for a person, or for a fault to be fixed (summary says which); null where it does not wait.';
comment on column reign.cycles.status is
  'running, waiting (see waits_for), promoted, kept, superseded, skipped, failed or cancelled.';`;

const pendingProjections = createTable({
  name: 'pending_projections',
  comment: 'What MLflow has not taken yet of what the ledger says: tried again until it holds, then the row goes.',
  columns: {
    cycle: ['text not null references reign.cycles', 'The cycle at whose end it failed.'],
    part: [
      `text not null check (part in ('champion', 'outcome'))`,
      'champion (the alias of the model), or outcome (tags and end of the run, and what is left over of the cycle).',
    ],
    model: ['text not null references reign.models', 'Which model.'],
    reason: ['text not null', 'Why it failed last.'],
    tries: ['integer not null default 1 check (tries >= 1)', 'How often it has failed.'],
    since: ['timestamptz not null default clock_timestamp()', 'When it failed first.'],
    tried_at: ['timestamptz not null default clock_timestamp()', 'When it failed last.'],
  },
  constraints: ['primary key (cycle, part)'],
});

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([waitsFor, pendingProjections].join('\n')).execute(db);
}
