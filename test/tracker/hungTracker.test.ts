import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { models } from '../../ledger/definitions.ts';
import { projectChampion } from '../../projection/projectChampion.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { withLedger } from '../ledger/withLedger.ts';

const failed = (projecting: Promise<unknown>) => projecting.catch(() => 'a projection');

test('while MLflow hangs, projections hold no connection of the ledger', async () => {
  await using ledger = await withLedger();
  let asked = 0;
  const hung = createServer(() => asked++).listen(0, '127.0.0.1');
  await once(hung, 'listening');
  const { port } = hung.address() as AddressInfo;
  const tracker = { ...openTracker(`http://127.0.0.1:${port}`, {}), timeout: 120_000 };
  // Three times as many as the ledger's pool has connections, some of them for the same model.
  const projecting = Array.from({ length: 15 }, (_, at) => projectChampion(tracker, ledger.db, `model-${at % 10}`));
  const ended = Promise.allSettled(projecting);
  await expect.poll(() => asked).toBe(10);
  const first = await Promise.race([models(ledger.db).then(() => 'the ledger'), ...projecting.map(failed)]);
  expect(first).toBe('the ledger');
  hung.closeAllConnections();
  hung.close();
  const codes = (await ended).map((result) => result.status === 'rejected' && result.reason.code);
  expect(new Set(codes)).toEqual(new Set(['TrackerUnavailable']));
});
