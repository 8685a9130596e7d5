-- Loans whose values can be told wherever they turn up: row ids are 900000 and six digits, accounts 7777 and six digits,
-- texts begin with qz-. Nothing that a definition says looks like that.
-- One file of tests after the other begins anew.
drop view if exists narrowing;
drop table if exists marked;
drop sequence if exists counted;

create table marked as
select
  900000000000 + loan_id as loan_id,
  applied_at,
  (7777000000 + loan_id)::double precision as account,
  income,
  debt,
  'qz-' || purpose as purpose,
  outcome,
  'qz-' || outcome as other_outcome
from loans
where applied_at < '2024-04-01';

create index on marked (applied_at);

create view narrowing as
select loan_id, applied_at, account, income, debt, purpose, outcome from marked;

create sequence counted;
-- The role may use it: what refuses is the read-only transaction.
grant usage on sequence counted to warehouse_reader;
