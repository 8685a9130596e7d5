import { type Kysely, sql } from 'kysely';

const proposals = `
create table reign.rollback_proposals (
  "id" bigint primary key generated always as identity,
  "model" text not null,
  "lineage" text not null,
  "epoch" integer not null,
  "champion" text not null,
  "restores_epoch" integer not null,
  "evidence" text check (evidence ~ '^[0-9a-f]{64}$'),
  "reason" text not null check (reason ~ '[^[:space:]]'),
  "actor" text not null references reign.actors,
  "request" bigint,
  "proposed_at" timestamptz not null default clock_timestamp(),
  foreign key (model, lineage, epoch) references reign.promotions (model, lineage, epoch),
  foreign key (model, lineage, restores_epoch, champion) references reign.promotions (model, lineage, epoch, champion),
  foreign key (request, actor) references reign.requests (id, actor),
  constraint rollback_proposals_back check (restores_epoch < epoch),
  constraint rollback_proposals_followed unique (id, model, lineage, epoch, champion, restores_epoch)
);
comment on table reign.rollback_proposals is 'That an earlier champion should reign again. Changes nothing by itself. Append-only.';
comment on column reign.rollback_proposals."id" is 'Order of proposing.';
comment on column reign.rollback_proposals."model" is 'Which model.';
comment on column reign.rollback_proposals."lineage" is 'Which line of champions.';
comment on column reign.rollback_proposals."epoch" is 'The reign that is to end: where another one has begun, the proposal is void.';
comment on column reign.rollback_proposals."champion" is 'The version that is to reign again.';
comment on column reign.rollback_proposals."restores_epoch" is 'The reign of that version that is restored.';
comment on column reign.rollback_proposals."evidence" is 'What showed it: a document in the store, by hash; null where nothing was measured.';
comment on column reign.rollback_proposals."reason" is 'Why, in words.';
comment on column reign.rollback_proposals."actor" is 'Who proposed it.';
comment on column reign.rollback_proposals."request" is 'The request that it follows from; null where the gate proposed it.';
comment on column reign.rollback_proposals."proposed_at" is 'When it was proposed.';
create trigger rollback_proposals_append_only before update or delete or truncate on reign.rollback_proposals
  for each statement execute function reign.refuse_change();`;

const decisions = `
create table reign.decisions (
  "id" bigint primary key generated always as identity,
  "kind" text not null check (kind in ('approve', 'reject', 'override')),
  "model" text not null,
  "lineage" text not null,
  "epoch" integer not null check (epoch >= 0),
  "candidate" text not null,
  "cycle" text,
  "judgement_number" integer,
  "judged_epoch" integer,
  "evidence" text check (evidence ~ '^[0-9a-f]{64}$'),
  "verdict_kind" text,
  "proposal" bigint,
  "restores_epoch" integer,
  "actor" text not null references reign.actors check (actor like 'person:%'),
  "request" bigint not null,
  "reason" text not null check (reason ~ '[^[:space:]]'),
  "decided_at" timestamptz not null default clock_timestamp(),
  foreign key (candidate, model) references reign.versions (id, model),
  foreign key (cycle, model, lineage) references reign.cycles (id, model, lineage),
  constraint decisions_judgement foreign key (cycle, judgement_number, judged_epoch, candidate, evidence, verdict_kind)
    references reign.judgements (cycle, number, epoch, challenger, evidence, verdict_kind),
  constraint decisions_proposal foreign key (proposal, model, lineage, epoch, candidate, restores_epoch)
    references reign.rollback_proposals (id, model, lineage, epoch, champion, restores_epoch),
  constraint decisions_request foreign key (request, actor) references reign.requests (id, actor),
  constraint decisions_about check (num_nonnulls(cycle, judgement_number, judged_epoch, evidence, verdict_kind) in (0, 5)
    and num_nonnulls(proposal, restores_epoch) in (0, 2) and (cycle is null) <> (proposal is null)),
  constraint decisions_with_verdict check (kind = 'override' or verdict_kind is null or verdict_kind in ('promote', 'review')),
  constraint decisions_against_verdict check (kind <> 'override' or coalesce(verdict_kind in ('keep', 'insufficient'), false)),
  constraint decisions_of_epoch check (kind = 'override' or cycle is null or judged_epoch = epoch),
  constraint decisions_followed unique (id, model, lineage, epoch, candidate, kind),
  constraint decisions_cycle unique (id, cycle, judgement_number),
  constraint decisions_actor unique (id, actor)
);
create unique index decisions_once on reign.decisions (cycle, judgement_number) where kind <> 'override';
create unique index decisions_once_of_proposal on reign.decisions (proposal);
create index decisions_by_cycle on reign.decisions (cycle, id);
comment on table reign.decisions is
  'What a person decided: about a judgement, by its evidence, or about the proposal of a rollback. Append-only.';
comment on column reign.decisions."id" is 'Order of deciding.';
comment on column reign.decisions."kind" is
  'approve or reject (a judgement that said promote or review, or a proposal); override (against a judgement that said keep or insufficient).';
comment on column reign.decisions."model" is 'Which model.';
comment on column reign.decisions."lineage" is 'Which line of champions.';
comment on column reign.decisions."epoch" is
  'The epoch that reigned when it was decided: a promotion follows only as the next one. 0: there was none.';
comment on column reign.decisions."candidate" is 'The version that it was about.';
comment on column reign.decisions."cycle" is 'The cycle whose judgement it was; null for a proposal.';
comment on column reign.decisions."judgement_number" is 'The judgement of that cycle.';
comment on column reign.decisions."judged_epoch" is 'The epoch that the judgement was about: that of the decision, but for an override.';
comment on column reign.decisions."evidence" is 'The evidence that the person had in front of them, by hash: that of the judgement.';
comment on column reign.decisions."verdict_kind" is 'What the gate had said.';
comment on column reign.decisions."proposal" is 'The proposed rollback; null for a judgement.';
comment on column reign.decisions."restores_epoch" is 'The reign that the proposal restores.';
comment on column reign.decisions."actor" is 'The person who decided.';
comment on column reign.decisions."request" is 'The request by which they did.';
comment on column reign.decisions."reason" is 'Why, in their words.';
comment on column reign.decisions."decided_at" is 'When it was recorded.';
create trigger decisions_append_only before update or delete or truncate on reign.decisions
  for each statement execute function reign.refuse_change();

create function reign.guard_decision() returns trigger language plpgsql as $$
declare
  deciding reign.cycles;
  judged_attempt integer;
  reigning integer;
begin
  -- Neither ends nor promotes while it is decided about.
  select * into deciding from reign.cycles where id = new.cycle for no key update;
  select coalesce(max(epoch), 0) into reigning from reign.promotions where model = new.model and lineage = new.lineage;
  if new.epoch <> reigning then
    raise exception 'Epoch % reigns by now, not epoch %, which was decided about', reigning, new.epoch using errcode = 'RE001';
  end if;
  if new.cycle is null then
    return new;
  end if;
  if new.kind <> 'override' and (deciding.status, deciding.waits_for) is distinct from ('waiting', 'person') then
    raise exception 'Cycle % does not wait for a person (%)', new.cycle, deciding.status using errcode = 'RE001';
  end if;
  select attempt into judged_attempt from reign.judgements where cycle = new.cycle and number = new.judgement_number;
  if judged_attempt <> deciding.attempt
     or exists (select from reign.judgements where cycle = new.cycle and number > new.judgement_number) then
    raise exception 'Cycle %: judgement % is not its last', new.cycle, new.judgement_number using errcode = 'RE001';
  end if;
  return new;
end $$;
comment on function reign.guard_decision() is 'What foreign keys cannot say about a decision.';
create trigger decisions_guard before insert on reign.decisions
  for each row execute function reign.guard_decision();`;

/** Who promoted in earlier releases: the gate, or by name whoever wrote the row by hand. */
const earlier = `
insert into reign.actors (id, kind, name, authentication, release)
  select 'gate@earlier', 'gate', 'gate', 'internal', 'earlier'
  where exists (select from reign.promotions where promoted_by = 'gate');
insert into reign.actors (id, kind, name, authentication)
  select distinct 'person:' || name || '@unknown', 'person', name, 'unknown' from (
    select coalesce(nullif(btrim(left(btrim(regexp_replace(promoted_by, '[[:cntrl:][:space:]]+', ' ', 'g')), 200)), ''), 'unknown') as name
    from reign.promotions where promoted_by <> 'gate') named;`;

const promotions = `
alter table reign.promotions disable trigger user;
alter table reign.promotions
  drop constraint promotions_kind_check,
  drop constraint promotions_check,
  drop constraint promotions_check1,
  drop column required_verdict,
  add column actor text references reign.actors,
  add column request bigint,
  add column decision bigint,
  add column proposal bigint,
  add column restores_epoch integer;
update reign.promotions p set
  actor = case promoted_by when 'gate' then 'gate@earlier' else 'person:' ||
    coalesce(nullif(btrim(left(btrim(regexp_replace(promoted_by, '[[:cntrl:][:space:]]+', ' ', 'g')), 200)), ''), 'unknown') || '@unknown' end,
  restores_epoch = case kind when 'rollback' then
    (select max(r.epoch) from reign.promotions r
     where r.model = p.model and r.lineage = p.lineage and r.champion = p.champion and r.epoch < p.epoch) end;
alter table reign.promotions
  alter column actor set not null,
  add column required_verdict text generated always as
    (case when kind = 'promotion' and decision is null then 'promote' end) stored,
  add column required_decision text generated always as
    (case when decision is null then null when kind = 'override' then 'override' else 'approve' end) stored,
  add constraint promotions_kind_check check (kind in ('promotion', 'rollback', 'override')),
  -- One key for: this cycle's judgement, at the epoch before, of this very version.
  add constraint promotions_judged foreign key (cycle, judgement_number, judged_epoch, champion)
    references reign.judgements (cycle, number, epoch, challenger),
  -- And, where no person decided: one that said promote.
  add constraint promotions_won foreign key (cycle, judgement_number, judged_epoch, champion, required_verdict)
    references reign.judgements (cycle, number, epoch, challenger, verdict_kind),
  -- One key for: a decision about this version, at the epoch before, that said so.
  add constraint promotions_decided foreign key (decision, model, lineage, judged_epoch, champion, required_decision)
    references reign.decisions (id, model, lineage, epoch, candidate, kind),
  add constraint promotions_decided_cycle foreign key (decision, cycle, judgement_number)
    references reign.decisions (id, cycle, judgement_number),
  add constraint promotions_decider foreign key (decision, actor) references reign.decisions (id, actor),
  add constraint promotions_requested foreign key (request, actor) references reign.requests (id, actor),
  add constraint promotions_proposed foreign key (proposal, model, lineage, judged_epoch, champion, restores_epoch)
    references reign.rollback_proposals (id, model, lineage, epoch, champion, restores_epoch),
  add constraint promotions_restored foreign key (model, lineage, restores_epoch, champion)
    references reign.promotions (model, lineage, epoch, champion),
  add constraint promotions_decision_once unique (decision),
  add constraint promotions_proposal_once unique (proposal),
  add constraint promotions_promotion check (kind <> 'promotion' or
    (cycle is not null and judgement_number is not null and proposal is null and restores_epoch is null)),
  add constraint promotions_override check (kind <> 'override' or
    (decision is not null and cycle is null and judgement_number is null and proposal is null and restores_epoch is null)),
  add constraint promotions_rollback check (kind <> 'rollback' or
    (cycle is null and judgement_number is null and epoch > 1 and coalesce(restores_epoch < epoch - 1, false)
     and num_nonnulls(request, decision, proposal) > 0)) not valid;
alter table reign.promotions enable trigger user;
comment on column reign.promotions.kind is
  'promotion (follows from a judgement), rollback (an earlier champion reigns again) or override (by a person, against the verdict).';
comment on column reign.promotions.cycle is 'The cycle that led to it; null for a rollback and an override.';
comment on column reign.promotions.actor is 'Who promoted: the gate, or the person who decided.';
comment on column reign.promotions.promoted_by is 'The name of the actor.';
comment on column reign.promotions.request is 'The request that it follows from; null where the gate promoted.';
comment on column reign.promotions.decision is 'The decision that it follows from; null where the verdict alone led to it.';
comment on column reign.promotions.proposal is 'The proposed rollback that it carries out.';
comment on column reign.promotions.restores_epoch is 'rollback: the reign that it restores.';
comment on column reign.promotions.required_verdict is 'What the judgement must have said, where no person decided.';
comment on column reign.promotions.required_decision is 'What the person must have decided, where one did.';`;

const guard = `
create or replace function reign.guard_promotion() returns trigger language plpgsql as $$
declare
  promoting reign.cycles;
  judged_attempt integer;
  previous record;
  acting reign.actors;
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
  select p.champion, p.promoted_at, coalesce(fitting.as_of, judging.as_of) as as_of into previous
    from reign.promotions p
    join reign.versions v on v.id = p.champion
    left join reign.cycles fitting on fitting.id = v.cycle
    left join reign.cycles judging on judging.id = p.cycle
    where p.model = new.model and p.lineage = new.lineage and p.epoch = new.epoch - 1;
  if new.kind = 'promotion' and promoting.as_of < previous.as_of then
    raise exception 'Cycle % is about an earlier asOf than the reigning champion', new.cycle using errcode = 'RE001';
  end if;
  if new.champion = previous.champion then
    raise exception 'Version % reigns already', new.champion using errcode = 'RE001';
  end if;
  select * into acting from reign.actors where id = new.actor;
  if new.decision is null and new.request is null and acting.kind <> 'gate' then
    raise exception '% promotes nobody without a decision or a request', new.actor using errcode = 'RE001';
  end if;
  if new.kind = 'promotion' and new.decision is null and acting.kind <> 'gate' then
    raise exception 'Cycle %: a verdict is the gate''s, not that of %', new.cycle, new.actor using errcode = 'RE001';
  end if;
  new.promoted_by := acting.name;
  -- A clock that was set back must not make two champions overlap.
  if new.promoted_at <= previous.promoted_at then
    new.promoted_at := previous.promoted_at + interval '1 microsecond';
  end if;
  return new;
end $$;`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw([proposals, decisions, earlier, promotions, guard].join('\n')).execute(db);
}
