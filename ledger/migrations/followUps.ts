import { type Kysely, sql } from 'kysely';
import { appendOnly } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const followUps = createTable({
  name: 'follow_ups',
  comment:
    'What became of a promotion: its version against the one it beat, on rows newer than those it was promoted on. Append-only.',
  columns: {
    model: ['text not null', 'Which model.'],
    lineage: ['text not null', 'Which line of champions.'],
    epoch: ['integer not null', 'The promotion that was looked at again.'],
    found_by: ['text not null', 'The cycle whose holdout showed it.'],
    attempt: ['integer not null', 'Which attempt of that cycle.'],
    window_from: ['timestamptz not null', "Begin of the period after the promotion's holdout (belongs to it)."],
    window_to: ['timestamptz not null', 'End of that period (does not belong to it).'],
    rows: ['bigint not null check (rows >= 0)', 'How many rows of the period were there.'],
    complete: ['boolean not null', 'Whether all of the period was there: then nobody looks again.'],
    promised: ['jsonb not null', 'The difference that it was promoted at: estimate, low and high.'],
    found: ['jsonb', 'The same difference on the newer rows, with its interval; null where it was not measured.'],
    unmeasured: ['text', 'Why it was not measured.'],
    at: ['timestamptz not null default clock_timestamp()', 'When it was written.'],
  },
  constraints: [
    'primary key (model, lineage, epoch, found_by)',
    'foreign key (model, lineage, epoch) references reign.promotions (model, lineage, epoch)',
    'foreign key (found_by, model, lineage) references reign.cycles (id, model, lineage)',
    'foreign key (found_by, attempt) references reign.attempts',
    'check (window_from < window_to)',
    'check ((found is null) = (unmeasured is not null))',
  ],
});

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([followUps, appendOnly('follow_ups')].join('\n')).execute(db);
}
