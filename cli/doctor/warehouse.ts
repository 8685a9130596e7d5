import pg from 'pg';
import { connectionVariable } from '../../stack/settings.ts';
import { shownUrl } from '../shownUrl.ts';
import { type Finding, healthy, sick } from './finding.ts';

export async function examineWarehouse(name: string, url: string): Promise<Finding> {
  const part = `connection ${name}`;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 5000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return healthy(part, `${shownUrl(url)}, Postgres ${rows[0]?.server_version ?? '?'}`);
  } catch (error) {
    const advice = `Check the server and ${connectionVariable(name)}.`;
    return sick(part, `${shownUrl(url)} does not answer: ${reasonOf(error)}`, advice);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A connection refused has one error for each address and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map((one: unknown) => String(one)).join('; ');
  return error instanceof Error ? error.message : String(error);
}
