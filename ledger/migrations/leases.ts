import { type Kysely, sql } from 'kysely';

const leases = `
create table reign.leases (
  "name" text primary key,
  "owner" text not null,
  "fence" bigint not null,
  "expires_at" timestamptz not null
);
comment on table reign.leases is 'Who may change something outside the ledger now, such as the alias of a model in MLflow.';
comment on column reign.leases."name" is 'What the lease is for: project MODEL.';
comment on column reign.leases."owner" is 'The process that took it last: HOST:PID.';
comment on column reign.leases."fence" is 'How often it was taken; a holder with a lower number is late.';
comment on column reign.leases."expires_at" is 'From when on others may take it.';`;

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(leases).execute(db);
}
