import { type Kysely, sql } from 'kysely';
import { appendOnly } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const errorCharges = createTable({
  name: 'error_charges',
  comment:
    'What each test may err, charged before the labels of its holdout were read. A test is a challenger, a champion and a holdout: repeated, it charges nothing more. Append-only.',
  columns: {
    id: ['bigint primary key generated always as identity', 'Order of charging.'],
    model: ['text not null', 'Which model.'],
    lineage: ['text not null', 'Which line of champions: each keeps accounts of its own.'],
    as_of: ['timestamptz not null', 'Nominal time of the test: accounts are kept over any 365 days of it.'],
    challenger_version: ['integer not null check (challenger_version >= 1)', 'The version that is tested.'],
    champion_version: ['integer', 'The version that it is tested against; null where none reigned.'],
    holdout: ['text not null references reign.snapshots', 'The rows that it is tested on, by content hash.'],
    cycle: ['text not null', 'The cycle that tests.'],
    attempt: ['integer not null', 'Which attempt of it asked first.'],
    judgement_number: [
      'integer not null check (judgement_number >= 1)',
      'Which judgement of the cycle it was asked for.',
    ],
    definition_version: ['integer not null', 'The version of the definition whose policy (gate.error) was applied.'],
    trigger: ['text not null', 'What asked for the cycle.'],
    account: [
      `text not null check (account in ('cycle', 'schedule', 'reserve', 'exhausted'))`,
      'cycle (a chance of error for each cycle: no account is kept), schedule or reserve (drawn from the budget), or exhausted (nothing was left: nothing is drawn, and the test promotes nobody by itself).',
    ],
    alpha: ['double precision not null check (alpha > 0 and alpha < 1)', 'The chance of error that the test has.'],
    charged_at: ['timestamptz not null default clock_timestamp()', 'When it was charged.'],
  },
  constraints: [
    'foreign key (cycle, model, lineage) references reign.cycles (id, model, lineage)',
    'foreign key (cycle, attempt) references reign.attempts',
    'foreign key (model, definition_version) references reign.definitions',
    'foreign key (model, champion_version) references reign.versions (model, version)',
  ],
});

const indexes = `
create unique index error_charges_once on reign.error_charges
  (model, lineage, as_of, challenger_version, coalesce(champion_version, 0), holdout);
create unique index error_charges_schedule on reign.error_charges (model, lineage, as_of) where account = 'schedule';`;

/** The charge speaks of its cycle as the cycle is. */
const guard = `
create function reign.guard_error_charge() returns trigger language plpgsql as $$
declare testing reign.cycles;
begin
  select * into testing from reign.cycles where id = new.cycle;
  if (new.as_of, new.definition_version, new.trigger)
     is distinct from (testing.as_of, testing.definition_version, testing.trigger) then
    raise exception 'The charge of cycle % is about another asOf, definition version or trigger', new.cycle
      using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_error_charge() is 'What foreign keys cannot say about a charge.';
create trigger error_charges_guard before insert on reign.error_charges
  for each row execute function reign.guard_error_charge();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([errorCharges, indexes, guard, appendOnly('error_charges')].join('\n')).execute(db);
}
