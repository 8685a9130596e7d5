/**
 * Records the histories of finished workflows, for the replay test: `node test/workflows/record.ts ID [ID ...]`, against
 * the running stack. Run it for each release: what runs there today must replay tomorrow.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { loadSettings } from '../../stack/settings.ts';

const { temporal } = loadSettings(process.env);
const connection = await Connection.connect(temporal.connectionOptions ?? { address: temporal.address });
const client = new Client({ connection, namespace: temporal.namespace });
for (const id of process.argv.slice(2)) {
  const history = await client.workflow.getHandle(id).fetchHistory();
  const json = historyToJSON(history).replaceAll(/"identity":"[^"]*"/g, '"identity":"recorded"');
  writeFileSync(join(import.meta.dirname, 'histories', `${id}.json`), `${json}\n`);
}
await connection.close();
