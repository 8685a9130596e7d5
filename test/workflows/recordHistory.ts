import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { visit, walkGetWorkflowExecutionHistoryResponse } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/**
 * Writes the history of a finished workflow to `FOLDER/ID.json`. What went through the store is put back into its
 * place: a recorded history replays without one.
 */
export async function recordHistory(client: Client, codec: PayloadCodec, id: string, folder: string): Promise<void> {
  const history = await client.workflow.getHandle(id).fetchHistory();
  await visit({ history }, walkGetWorkflowExecutionHistoryResponse, {
    transformPayload: async (payload) => (await codec.decode([payload]))[0] ?? payload,
    transformPayloads: (payloads) => codec.decode(payloads),
  });
  // Processes are named by number and host: neither belongs into the repository.
  const json = historyToJSON(history).replaceAll(/"\d+@[^"]*"/g, '"recorded"');
  writeFileSync(join(folder, `${id}.json`), `${json}\n`);
}
