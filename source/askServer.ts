import { connect } from '../postgres/connect.ts';
import { beginReading } from './beginReading.ts';

/** A warehouse, as the role that reads it finds it. */
export interface WarehouseServer {
  readonly version: string;
  readonly role: string;
  /** What the role may do beyond reading: `is a superuser`, `may change tables such as public.loans`, ... */
  readonly excess: readonly string[];
}

const question = `
select current_setting('server_version') as version,
       current_user::text as role,
       (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
       (select min(format('%I.%I', nspname, relname))
          from pg_class join pg_namespace on pg_namespace.oid = relnamespace
         where relkind in ('r', 'p') and nspname !~ '^pg_' and nspname <> 'information_schema'
           and has_table_privilege(pg_class.oid, 'insert, update, delete, truncate')) as changes,
       array(select rolname::text from pg_roles
              where rolname in ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                                'pg_execute_server_program', 'pg_signal_backend')
                and pg_has_role(oid, 'usage') order by rolname) as memberships`;

interface Answer {
  readonly version: string;
  readonly role: string;
  readonly is_superuser: boolean;
  readonly changes: string | null;
  readonly memberships: string[];
}

/**
 * Asks a warehouse who it is and what its role may do, in a transaction like those that describe and extract: what refuses
 * them refuses this.
 *
 * @throws Error, or pg's DatabaseError, where it does not answer
 */
export async function askServer(connectionUrl: string): Promise<WarehouseServer> {
  const client = await connect(connectionUrl, { applicationName: 'reign doctor', queryTimeout: 5000 });
  try {
    await beginReading(client, 5);
    const { rows } = await client.query<Answer>(question);
    await client.query('rollback');
    const [answer] = rows;
    if (answer === undefined) throw new Error('the server gave no answer');
    return { version: answer.version, role: answer.role, excess: excessOf(answer) };
  } finally {
    await client.end().catch(() => {});
  }
}

function excessOf({ is_superuser, changes, memberships }: Answer): string[] {
  if (is_superuser) return ['is a superuser'];
  return [
    ...(changes === null ? [] : [`may change tables such as ${changes}`]),
    ...memberships.map((name) => `is a member of ${name}`),
  ];
}
