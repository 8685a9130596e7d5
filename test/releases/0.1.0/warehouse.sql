-- A year of loans whose world turns: what makes a loan default moves from income to debt and back within half a year,
-- so that a model of newer data really is better. Every value follows from the row's number.
create table loans (
  loan_id bigint primary key,
  applied_at timestamptz not null,
  income double precision,
  debt double precision,
  purpose text,
  outcome text not null
);

insert into loans
select
  loan_id,
  applied_at,
  case when loan_id % 97 = 0 then 0 else income end,
  debt,
  case when loan_id % 50 = 0 then null else (array['car', 'house', 'study', ''])[1 + loan_id % 4] end,
  case when chance < 1 / (1 + exp(-2.5 * (cos(turn) * income + sin(turn) * debt) + 0.7)) then 'defaulted' else 'paid' end
from (
  select
    loan_id,
    applied_at,
    extract(epoch from applied_at - timestamptz '2024-01-01 00:00:00+00') / 86400 / 182 * 2 * pi() as turn,
    hashint8extended(loan_id, 1)::numeric % 1000003 / 1000003 :: double precision as income,
    hashint8extended(loan_id, 2)::numeric % 1000003 / 1000003 :: double precision as debt,
    abs(hashint8extended(loan_id, 3)::numeric % 1000003) / 1000003 as chance
  from (
    select loan_id, timestamptz '2024-01-01 00:00:00+00' + loan_id * interval '7 minutes' as applied_at
    from generate_series(0::bigint, 45000) as loan_id
  ) as times
) as drawn;

create index on loans (applied_at);
