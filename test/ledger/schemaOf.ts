import { type Kysely, sql } from 'kysely';
import type { Database } from '../../ledger/database.ts';

/** Everything that a schema says, one line each: tables, columns, constraints, indexes, triggers, functions, comments, rights. */
export async function schemaOf(db: Kysely<Database>, workingRole: string): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    with tables as (
      select oid, relname from pg_class where relnamespace = 'reign'::regnamespace and relkind in ('r', 'v', 'S')
    )
    select format('column %s.%s %s %s %s %s', relname, attname, format_type(atttypid, atttypmod),
      case when attnotnull then 'not null' end, nullif(attgenerated::text || attidentity::text, ''),
      pg_get_expr(adbin, adrelid)) as line
    from tables join pg_attribute on attrelid = tables.oid
    left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped
    union all
    select format('constraint %s %s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
    from tables join pg_constraint on conrelid = tables.oid
    union all
    select format('index %s', indexdef) from pg_indexes where schemaname = 'reign'
    union all
    select format('trigger %s %s', pg_get_triggerdef(pg_trigger.oid), tgenabled)
    from tables join pg_trigger on tgrelid = tables.oid where not tgisinternal
    union all
    select format('function %s', pg_get_functiondef(oid)) from pg_proc where pronamespace = 'reign'::regnamespace
    union all
    select format('comment %s %s: %s', relname, attname, description)
    from tables join pg_description on objoid = tables.oid and classoid = 'pg_class'::regclass
    left join pg_attribute on attrelid = objoid and attnum = objsubid and objsubid > 0
    union all
    select format('comment function %s: %s', proname, obj_description(oid, 'pg_proc'))
    from pg_proc where pronamespace = 'reign'::regnamespace
    union all
    select format('right %s.%s: %s', relname, attname, privilege)
    from tables left join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
    cross join unnest(array['select', 'insert', 'update']) as privilege
    where has_column_privilege(${workingRole}, tables.oid, attname, privilege)
    union all
    select format('right %s: %s', relname, privilege)
    from tables cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger']) as privilege
    where has_table_privilege(${workingRole}, tables.oid, privilege)`.execute(db);
  return rows.map(({ line }) => line).toSorted();
}
