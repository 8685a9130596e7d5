import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openLedger } from '../../ledger/openLedger.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { Evidence } from '../../schemas/evidence.ts';
import { loadSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/openStore.ts';
import { runCommand } from '../cli/runCommand.ts';
import { asking } from '../operations/asking.ts';
import { FaultyProxy } from './badInput/faultyProxy.ts';
import { closing } from './closing.ts';
import { takeTurn } from './sharedStack.ts';

/**
 * The run's stack, for this file alone until its tests are over. Models and what they left stay: each file has names of its
 * own. Between the workers and MLflow stands a proxy.
 *
 * @param prefix of the path below which a server of the test's own is asked
 */
export async function useStack(prefix = '') {
  const open = closing();
  const root = mkdtempSync(join(tmpdir(), 'reign-laws-definitions-'));
  afterAll(async () => {
    await open.all();
    rmSync(root, { recursive: true, force: true });
  });
  const proxy = await open(FaultyProxy.start(prefix), (started) => started.stop());
  const turn = await open(takeTurn(proxy.url), ({ end }) => end());
  const settings = loadSettings({ PATH: process.env.PATH, HOME: process.env.HOME, REIGN_HOME: turn.home });
  proxy.standBefore(settings.trackerUri);
  const store = openStore(settings.store);
  const client = await open(connectTemporal(settings.temporal, store), (opened) => opened.connection.close());
  const ledger = await open(Promise.resolve(openLedger(settings.ledgerUrl)), (opened) => opened.close());

  const command = (...args: string[]) => runCommand(args, { env: { REIGN_HOME: settings.home }, now: new Date() });

  const { apply, start, ended, retrain } = asking({ client, ledger, store });

  async function evidenceOf({ evidence }: Cycle): Promise<Evidence> {
    if (evidence === null) throw new Error('the cycle has no evidence');
    return Evidence.parse(JSON.parse((await store.readDocument('evidence', evidence)).toString('utf8')));
  }

  return { open, root, settings, store, client, ledger, proxy, command, apply, start, ended, retrain, evidenceOf };
}
