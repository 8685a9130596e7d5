import { connect } from '../postgres/connect.ts';
import { beginReading } from './beginReading.ts';

/**
 * The version of a warehouse's Postgres, asked in a transaction like those that describe and extract: what refuses them
 * refuses this.
 *
 * @throws Error, or pg's DatabaseError, where it does not answer
 */
export async function askVersion(connectionUrl: string): Promise<string> {
  const client = await connect(connectionUrl, { applicationName: 'reign doctor', queryTimeout: 5000 });
  try {
    await beginReading(client, 5);
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    await client.query('rollback');
    return rows[0]?.server_version ?? '?';
  } finally {
    await client.end().catch(() => {});
  }
}
