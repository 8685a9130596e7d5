import type { Client } from 'pg';

/**
 * Begins the transaction in which Reign reads a warehouse. What is usually set for a session is set within it: a pooler
 * refuses it as a startup parameter, and gives the next transaction another session.
 */
export async function beginReading(client: Client, statementTimeoutSeconds: number): Promise<void> {
  const settings = ["client_encoding = 'UTF8'", `statement_timeout = '${statementTimeoutSeconds}s'`];
  await client.query(['begin read only', ...settings.map((setting) => `set local ${setting}`)].join('; '));
}
