import type { Client } from '@temporalio/client';
import { readDefinitionFolder } from '../../cli/readDefinitionFolder.ts';
import type { Ledger } from '../../ledger/openLedger.ts';
import { applyOperation } from '../../operations/apply.ts';
import { perform } from '../../operations/operation.ts';
import { retrainOperation } from '../../operations/retrain.ts';
import { awaitCycle } from '../../operations/startCycle.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Store } from '../../store/openStore.ts';

/** Asks for operations as the command line does, of servers that a test has opened. */
export function asking({ client, ledger, store }: { client: Client; ledger: Ledger; store: Store }) {
  const context = {
    ledger,
    store,
    temporal: async () => client,
    actor: osUser('test'),
    now: () => new Date(),
    signal: new AbortController().signal,
    onEvent: () => {},
  };
  const ended = (id: string): Promise<Cycle> => awaitCycle(client, ledger, id, context);
  const start = async (model: string, asOf: string): Promise<string> =>
    (await perform(retrainOperation, context, { model, asOf })).id;
  return {
    context,
    apply: async (path: string) => perform(applyOperation, context, await readDefinitionFolder(path)),
    /** Gives the cycle's id. */
    start,
    ended,
    retrain: async (model: string, asOf: string): Promise<Cycle> => ended(await start(model, asOf)),
  };
}
