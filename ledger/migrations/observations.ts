import { type Kysely, sql } from 'kysely';
import { appendOnly } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const observations = createTable({
  name: 'cycle_observations',
  comment: 'What each attempt of a cycle saw in features and labels before it judged. Append-only.',
  columns: {
    cycle: ['text not null', 'Which cycle.'],
    attempt: ['integer not null', 'Which attempt of it.'],
    document: [
      `text not null check (document ~ '^[0-9a-f]{64}$')`,
      'Shift, leaks and changed labels: a document in the store, by hash.',
    ],
    named_at: ['timestamptz not null default clock_timestamp()', 'When it was named.'],
  },
  constraints: ['primary key (cycle, attempt)', 'foreign key (cycle, attempt) references reign.attempts'],
});

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([observations, appendOnly('cycle_observations')].join('\n')).execute(db);
}
