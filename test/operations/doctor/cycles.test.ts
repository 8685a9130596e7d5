import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../../ledger/openLedger.ts';
import { noteFault } from '../../../ledger/waiting.ts';
import { stuckCycles } from '../../../operations/doctor/cycles.ts';
import { claimed, ledgerWithModel } from '../../cli/filledLedger.ts';
import { type TestDatabase, withDatabase } from '../../postgres.ts';

let database: TestDatabase;
let ledger: Ledger;
let gone: string;
let faulty: string;
let retrying: string;
beforeAll(async () => {
  database = await withDatabase();
  ledger = await ledgerWithModel(database.url);
  gone = await claimed(ledger, '2001-02-12T00:00:00Z');
  faulty = await claimed(ledger, '2001-02-19T00:00:00Z');
  retrying = await claimed(ledger, '2001-02-26T00:00:00Z');
  const fault = { code: 'QueryFailed', message: 'temp_file_limit', triesAgainAt: '2001-02-19T01:00:00Z' } as const;
  await noteFault(ledger.db, { id: faulty, attempt: 1 }, { step: 'extract', ...fault });
});
afterAll(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
});

const again = {
  activity: 'extract',
  step: 'extract',
  attempt: 7,
  startedAt: null,
  heartbeat: null,
  lastError: 'the warehouse does not answer',
  unattended: false,
};

test('doctor names cycles that wait for a fault, and that try again and again', async () => {
  const found = await stuckCycles(ledger.db, async (cycle) => {
    if (cycle === gone) return null;
    return cycle === retrying ? [again, { ...again, step: 'observe', attempt: 1 }] : [];
  });
  expect(found).toMatchObject([
    {
      part: `cycle ${faulty}`,
      status: 'warning',
      found:
        'Waits at extract until this is fixed: QueryFailed: temp_file_limit The next try is at 2001-02-19T01:00:00Z.',
      advice: expect.stringContaining(`reign retry ${faulty}`),
    },
    {
      part: `cycle ${retrying}`,
      status: 'warning',
      found: 'extract is on attempt 7: the warehouse does not answer',
      advice: `See reign show ${retrying}.`,
    },
  ]);
});
