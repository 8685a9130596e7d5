/** Refuses every UPDATE, DELETE and TRUNCATE of the table, also those that would touch no row. */
export const appendOnly = (table: string): string => `
create trigger ${table}_append_only before update or delete or truncate on reign.${table}
  for each statement execute function reign.refuse_change();`;

/** Refuses every DELETE and TRUNCATE of the table. */
export const keepRows = (table: string): string => `
create trigger ${table}_keep_rows before delete or truncate on reign.${table}
  for each statement execute function reign.refuse_change();`;

/** SQLSTATE `RE001` is how the ledger's own triggers refuse; it becomes the error LedgerConflict. */
export const refuseChange = `
create function reign.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'reign.% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'RE001';
end $$;
comment on function reign.refuse_change() is 'Keeps history as it was written.';`;
