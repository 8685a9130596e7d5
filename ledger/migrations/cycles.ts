import { type Kysely, sql } from 'kysely';
import { appendOnly, keepRows } from './appendOnly.ts';
import { createTable } from './createTable.ts';

const snapshots = createTable({
  name: 'snapshots',
  comment: 'Every extract in the store, by content.',
  columns: {
    content_hash: [
      `text primary key check (content_hash ~ '^[0-9a-f]{64}$')`,
      "sha256 over schema and values; the snapshot's name in the store.",
    ],
    rows: ['bigint not null check (rows >= 0)', 'How many rows it holds.'],
    created_at: ['timestamptz not null default clock_timestamp()', 'When a cycle first named it.'],
  },
});

const cycles = createTable({
  name: 'cycles',
  comment: 'One retraining iteration of a model for one asOf. Settled (promoted, kept, superseded, skipped) is final.',
  columns: {
    id: ['text primary key', 'model.lineage.asOf.vN; also the id of its Temporal workflow.'],
    model: ['text not null references reign.models', 'Which model.'],
    lineage: ['text not null', 'The line of champions it belongs to: live, or one per backfill.'],
    as_of: [
      `timestamptz not null check (as_of = date_trunc('second', as_of, 'UTC'))`,
      'Nominal time: nothing known at or after it was used.',
    ],
    definition_version: ['integer not null', 'The version of the definition it ran by.'],
    trigger: [
      `text not null check (trigger in ('manual', 'schedule', 'backfill', 'demo'))`,
      'What asked for it first.',
    ],
    status: [
      `text not null check (status in ('running', 'waiting', 'promoted', 'kept', 'superseded', 'skipped', 'failed', 'cancelled'))`,
      'running, waiting (for a person), promoted, kept, superseded, skipped, failed or cancelled.',
    ],
    attempt: ['integer not null default 1 check (attempt >= 1)', 'The attempt that the other columns speak of.'],
    verdict: [
      `text check (verdict in ('promote', 'keep', 'review', 'insufficient', 'invalid'))`,
      'What the gate said in the last judgement.',
    ],
    summary: ['text', 'One sentence for people: why it ended as it did.'],
    train_from: ['timestamptz not null', 'Begin of the training window (belongs to it).'],
    train_to: ['timestamptz not null', 'End of the training window (does not belong to it).'],
    holdout_from: ['timestamptz not null', 'Begin of the holdout (belongs to it).'],
    holdout_to: ['timestamptz not null', 'End of the holdout (does not belong to it).'],
    champion_version: ['integer', 'The registered version that it was judged against; null where none reigned.'],
    challenger_version: ['integer', 'The registered version that it fitted.'],
    primary_result: ['jsonb', 'The primary metric of both, their difference and its interval (low, high).'],
    train_rows: ['bigint', 'Rows in the training snapshot.'],
    holdout_rows: ['bigint', 'Rows in the holdout snapshot.'],
    judged_rows: ['bigint', 'Rows that both were compared on.'],
    train_snapshot: ['text references reign.snapshots', 'The training snapshot, by content hash.'],
    holdout_snapshot: ['text references reign.snapshots', 'The holdout snapshot, by content hash.'],
    evidence: [`text check (evidence ~ '^[0-9a-f]{64}$')`, 'The evidence of the last judgement in the store, by hash.'],
    failure: ['jsonb', 'Why it failed: code, message, advice, step, traceback (by hash).'],
    started_at: ['timestamptz not null default clock_timestamp()', 'When this attempt began.'],
    ended_at: ['timestamptz', 'When this attempt ended; null while it runs or waits.'],
  },
  constraints: [
    'unique (model, lineage, as_of, definition_version)',
    // For the foreign keys of rows that repeat model and lineage.
    'unique (id, model, lineage)',
    'unique (id, attempt)',
    'foreign key (model, definition_version) references reign.definitions',
    `check ((status in ('running', 'waiting')) = (ended_at is null))`,
    `check (status <> 'failed' or failure is not null)`,
    'check (train_from < train_to and train_to <= holdout_from and holdout_from < holdout_to and holdout_to <= as_of)',
  ],
});

const attempts = createTable({
  name: 'attempts',
  comment: 'Every attempt of every cycle. A failed, cancelled or terminated cycle may be tried again. Append-only.',
  columns: {
    cycle: ['text not null references reign.cycles', 'Which cycle.'],
    number: ['integer not null check (number >= 1)', '1 for the first.'],
    token: ['text not null', 'Names who made the attempt (the run of a workflow), so that a retry is no new attempt.'],
    started_at: ['timestamptz not null default clock_timestamp()', 'When it began.'],
  },
  constraints: ['primary key (cycle, number)', 'unique (cycle, token)'],
});

const cycleSnapshots = createTable({
  name: 'cycle_snapshots',
  comment: 'Which snapshots each attempt of a cycle extracted. Append-only.',
  columns: {
    cycle: ['text not null', 'Which cycle.'],
    attempt: ['integer not null', 'Which attempt of it.'],
    purpose: [
      `text not null check (purpose in ('train', 'holdout', 'championHoldout'))`,
      "train, holdout, or championHoldout (the holdout by the champion's own query, where that differs).",
    ],
    content_hash: ['text not null references reign.snapshots', 'The snapshot.'],
    query_hash: [`text not null check (query_hash ~ '^[0-9a-f]{64}$')`, 'The query that gave it, without bounds.'],
    window_from: ['timestamptz not null', 'Begin of the window (belongs to it).'],
    window_to: ['timestamptz not null', 'End of the window (does not belong to it).'],
  },
  constraints: ['primary key (cycle, attempt, purpose)', 'foreign key (cycle, attempt) references reign.attempts'],
});

const indexes = `
create index cycle_snapshots_content on reign.cycle_snapshots (content_hash);`;

/** What may become of a cycle; the part about promotions comes with that table. */
const guard = `
create function reign.guard_cycle() returns trigger language plpgsql as $$
declare crowned boolean;
begin
  if tg_op = 'INSERT' then
    if new.status <> 'running' or new.attempt <> 1 then
      raise exception 'Cycle % must begin as running, attempt 1', new.id using errcode = 'RE001';
    end if;
    return new;
  end if;
  if (new.id, new.model, new.lineage, new.as_of, new.definition_version, new.trigger)
     is distinct from (old.id, old.model, old.lineage, old.as_of, old.definition_version, old.trigger) then
    raise exception 'What cycle % is about does not change', old.id using errcode = 'RE001';
  end if;
  if old.status in ('promoted', 'kept', 'superseded', 'skipped') then
    raise exception 'Cycle % is settled (%)', old.id, old.status using errcode = 'RE001';
  end if;
  crowned := exists (select from reign.promotions where cycle = old.id);
  if (new.status = 'promoted' and not crowned)
     or (crowned and new.status <> 'promoted'
         and (new.status, new.attempt) is distinct from (old.status, old.attempt)) then
    raise exception 'Cycle %: status % contradicts its promotions', old.id, new.status using errcode = 'RE001';
  end if;
  if new.attempt <> old.attempt and (new.attempt <> old.attempt + 1 or new.status <> 'running') then
    raise exception 'Cycle %: attempt % does not follow %', old.id, new.attempt, old.attempt using errcode = 'RE001';
  end if;
  if old.status in ('failed', 'cancelled') and new.status <> old.status and not crowned
     and new.attempt = old.attempt then
    raise exception 'Cycle % ended as %: it goes on only as a new attempt', old.id, old.status using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_cycle() is 'Which changes of a cycle are lawful.';
create trigger cycles_guard before insert or update on reign.cycles
  for each row execute function reign.guard_cycle();`;

export async function up(db: Kysely<unknown>): Promise<void> {
  const statements = [
    snapshots,
    cycles,
    attempts,
    cycleSnapshots,
    indexes,
    guard,
    keepRows('snapshots'),
    keepRows('cycles'),
    appendOnly('attempts'),
    appendOnly('cycle_snapshots'),
  ];
  await sql.raw(statements.join('\n')).execute(db);
}
