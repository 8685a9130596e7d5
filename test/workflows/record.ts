/**
 * Records the histories of finished workflows, for the replay test: `node test/workflows/record.ts ID [ID ...]`, against
 * the running stack. What runs there today must replay tomorrow.
 */
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadSettings } from '../../settings/settings.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { openStore } from '../../store/openStore.ts';
import { recordHistory } from './recordHistory.ts';

const { temporal, store } = loadSettings(process.env);
const connection = await Connection.connect(temporal.connectionOptions ?? { address: temporal.address });
const client = new Client({ connection, namespace: temporal.namespace });
for (const id of process.argv.slice(2)) {
  await recordHistory(client, claimCheck(openStore(store)), id, join(import.meta.dirname, 'histories'));
}
await connection.close();
