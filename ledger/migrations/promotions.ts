import { type Kysely, sql } from 'kysely';
import { appendOnly } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const judgements = createTable({
  name: 'judgements',
  comment: 'Every comparison of a challenger with the champion of one epoch. Append-only.',
  columns: {
    cycle: ['text not null', 'The cycle whose challenger was judged.'],
    number: ['integer not null check (number >= 1)', '1 for the first judgement of the cycle.'],
    attempt: ['integer not null', 'The attempt of the cycle that judged.'],
    model: ['text not null', 'Which model.'],
    lineage: ['text not null', 'Which line of champions.'],
    epoch: ['integer not null check (epoch >= 0)', 'The epoch that reigned when it was judged; 0: there was none.'],
    reigning_epoch: [
      'integer generated always as (nullif(epoch, 0)) stored',
      'The promotion of the champion; null where there was none.',
    ],
    challenger_version: ['integer not null', 'The version that was judged.'],
    champion_version: ['integer', 'The version that reigned; null where none did.'],
    champion_cycle: ['text references reign.cycles', 'The cycle that fitted the champion.'],
    evidence: [`text not null check (evidence ~ '^[0-9a-f]{64}$')`, 'What was measured: a document in the store.'],
    rehearsal: ['jsonb', 'How the challenger fared as a clean process loads it.'],
    policy: ['jsonb not null', 'The gate as the definition had it: what the evidence was held against.'],
    verdict: ['jsonb not null', 'kind, summary, the deciding check and all checks.'],
    verdict_kind: [
      `text not null generated always as (verdict->>'kind') stored
       check (verdict_kind in ('promote', 'keep', 'review', 'insufficient', 'invalid'))`,
      'promote, keep, review, insufficient or invalid.',
    ],
    primary_result: ['jsonb', 'The primary metric of both, their difference and its interval (low, high).'],
    judged_at: ['timestamptz not null default clock_timestamp()', 'When it was stored.'],
  },
  constraints: [
    'primary key (cycle, number)',
    'unique (cycle, number, epoch, challenger_version, verdict_kind)',
    'foreign key (cycle, model, lineage) references reign.cycles (id, model, lineage)',
    'foreign key (cycle, attempt) references reign.attempts',
    'foreign key (cycle, challenger_version) references reign.versions (cycle, version)',
    'check ((epoch = 0) = (champion_version is null) and (epoch = 0) = (champion_cycle is null))',
  ],
});

const promotions = createTable({
  name: 'promotions',
  comment: 'Who reigns: the row with the highest epoch of a lineage. The only authority on that. Append-only.',
  columns: {
    model: ['text not null', 'Which model.'],
    lineage: ['text not null', 'Which line of champions.'],
    epoch: ['integer not null check (epoch >= 1)', '1 for the first champion; then without a gap.'],
    previous_epoch: ['integer generated always as (nullif(epoch - 1, 0)) stored', 'The promotion that this one ended.'],
    version: ['integer not null', 'The version that reigns from here on.'],
    kind: [`text not null check (kind in ('promotion', 'rollback'))`, 'promotion, or rollback (by a person).'],
    cycle: ['text', 'The cycle that led to it; null for a rollback.'],
    judgement_number: ['integer', "The cycle's judgement that it follows from."],
    judged_epoch: ['integer generated always as (epoch - 1) stored', 'The epoch that the judgement must be about.'],
    required_verdict: [
      `text generated always as (case kind when 'promotion' then 'promote' end) stored`,
      'What the judgement must have said.',
    ],
    reason: ['text not null', 'Why, in words.'],
    promoted_at: ['timestamptz not null default clock_timestamp()', 'From when it reigns.'],
    promoted_by: ['text not null', 'Who decided: gate, or the person who did.'],
  },
  constraints: [
    'primary key (model, lineage, epoch)',
    'unique (model, lineage, epoch, version)',
    'foreign key (model, lineage, previous_epoch) references reign.promotions (model, lineage, epoch)',
    'foreign key (model, version) references reign.versions (model, version)',
    'foreign key (cycle, model, lineage) references reign.cycles (id, model, lineage)',
    // One key for: this cycle's judgement, at the epoch before, of this very version, that said `promote`.
    `foreign key (cycle, judgement_number, judged_epoch, version, required_verdict)
      references reign.judgements (cycle, number, epoch, challenger_version, verdict_kind)`,
    `check (kind <> 'promotion' or (cycle is not null and judgement_number is not null))`,
    `check (kind <> 'rollback' or (cycle is null and judgement_number is null and epoch > 1))`,
    'unique (cycle)',
  ],
});

/** A judgement names the champion that reigned at its epoch. */
const champion = `
alter table reign.judgements add foreign key (model, lineage, reigning_epoch, champion_version)
  references reign.promotions (model, lineage, epoch, version);
create index promotions_by_time on reign.promotions (model, lineage, promoted_at);`;

const guard = `
create function reign.guard_promotion() returns trigger language plpgsql as $$
declare
  promoting reign.cycles;
  judged_attempt integer;
  previous record;
begin
  -- The lock keeps the cycle from being failed, cancelled or taken over while it is crowned.
  select * into promoting from reign.cycles where id = new.cycle for no key update;
  if new.kind = 'promotion' and promoting.status not in ('running', 'waiting') then
    raise exception 'Cycle % has ended (%): it promotes nothing', new.cycle, promoting.status using errcode = 'RE001';
  end if;
  select attempt into judged_attempt from reign.judgements where cycle = new.cycle and number = new.judgement_number;
  if judged_attempt <> promoting.attempt then
    raise exception 'Cycle %: judgement % is of attempt %, which was given up', new.cycle, new.judgement_number,
      judged_attempt using errcode = 'RE001';
  end if;
  select p.promoted_at, c.as_of into previous
    from reign.promotions p
    join reign.versions v on v.model = p.model and v.version = p.version
    join reign.cycles c on c.id = v.cycle
    where p.model = new.model and p.lineage = new.lineage and p.epoch = new.epoch - 1;
  if new.kind = 'promotion' and promoting.as_of < previous.as_of then
    raise exception 'Cycle % is about an earlier asOf than the reigning champion', new.cycle using errcode = 'RE001';
  end if;
  -- A clock that was set back must not make two champions overlap.
  if new.promoted_at <= previous.promoted_at then
    new.promoted_at := previous.promoted_at + interval '1 microsecond';
  end if;
  return new;
end $$;
comment on function reign.guard_promotion() is 'What foreign keys cannot say about a promotion.';
create trigger promotions_guard before insert on reign.promotions
  for each row execute function reign.guard_promotion();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [judgements, promotions, champion, guard, appendOnly('judgements'), appendOnly('promotions')];
  await sql.raw(statements.join('\n')).execute(db);
}
