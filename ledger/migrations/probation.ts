import { type Kysely, sql } from 'kysely';

const looks = `
alter table reign.follow_ups
  add column look integer,
  add column looks integer,
  add column verdict text check (verdict in ('worse', 'holds')),
  add column evidence text check (evidence ~ '^[0-9a-f]{64}$'),
  add constraint follow_ups_look check (num_nonnulls(look, looks) in (0, 2) and look between 1 and looks),
  add constraint follow_ups_whole check (look is null or (complete and evidence is not null)),
  add constraint follow_ups_verdict check ((verdict is null) = (look is null or found is null));
create unique index follow_ups_looked on reign.follow_ups (model, lineage, epoch, look);
comment on column reign.follow_ups.look is
  'Which look of the probation it is: at rows that no look before has seen. Null: earlier than that, part of a period, or another cycle was faster.';
comment on column reign.follow_ups.looks is 'How many the probation has: each is made at a chance of error of 0.05 / looks.';
comment on column reign.follow_ups.verdict is
  'Whether this look shows that the promoted version is worse: worse or holds. Null where nothing was measured.';
comment on column reign.follow_ups.evidence is 'The document in the store that holds the measurement, by hash.';
comment on table reign.follow_ups is
  'Probation: a promoted version against the one it beat, on rows newer than those it was promoted on. Append-only.';`;

const proposals = `
create unique index rollback_proposals_once on reign.rollback_proposals (model, lineage, epoch, evidence);`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([looks, proposals].join('\n')).execute(db);
}
