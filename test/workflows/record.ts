/**
 * Records the histories of finished workflows, for the replay test: `node test/workflows/record.ts ID [ID ...]`, against
 * the running stack. Run it for each release: what runs there today must replay tomorrow. What went through the store is
 * put back into its place: a recorded history replays without one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { visit, walkGetWorkflowExecutionHistoryResponse } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { loadSettings } from '../../stack/settings.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { openStore } from '../../store/openStore.ts';

const { temporal, store } = loadSettings(process.env);
const connection = await Connection.connect(temporal.connectionOptions ?? { address: temporal.address });
const { decode } = claimCheck(openStore(store));
const client = new Client({ connection, namespace: temporal.namespace });
for (const id of process.argv.slice(2)) {
  const history = await client.workflow.getHandle(id).fetchHistory();
  await visit({ history }, walkGetWorkflowExecutionHistoryResponse, {
    transformPayload: async (payload) => (await decode([payload]))[0] ?? payload,
    transformPayloads: (payloads) => decode(payloads),
  });
  // Processes are named by number and host: neither belongs into the repository.
  const json = historyToJSON(history).replaceAll(/"\d+@[^"]*"/g, '"recorded"');
  writeFileSync(join(import.meta.dirname, 'histories', `${id}.json`), `${json}\n`);
}
await connection.close();
