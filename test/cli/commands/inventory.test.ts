import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { storeDefinition } from '../../../ledger/definitions.ts';
import type { Ledger } from '../../../ledger/openLedger.ts';
import { inventoryOperation } from '../../../operations/inventory.ts';
import { osUser } from '../../../schemas/actor.ts';
import { Definition } from '../../../schemas/definition.ts';
import { validDefinition } from '../../definition/valid.ts';
import { type TestDatabase, withDatabase } from '../../postgres.ts';
import { ledgerWithCycles } from '../filledLedger.ts';
import { runCommand } from '../runCommand.ts';

let database: TestDatabase;
let ledger: Ledger;
beforeAll(async () => {
  database = await withDatabase();
  ledger = await ledgerWithCycles(database.url);
});
afterAll(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
});

const reign = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: database.url } });
const said = {
  owner: 'Credit risk, Lisbon',
  intendedUse: 'Says which "late" flights\nto watch',
  tier: 'high',
  tags: ['flights', 'ops'],
  reviewEvery: 'P1Y',
};

test('what a model is for makes no version, and the inventory lists it beside what the ledger knows', async () => {
  const { json } = await reign('inventory', '--json');
  expect(json()).toMatchObject({ models: [{ owner: null, tier: null, nextReview: null, tags: [] }] });

  const { codeHash, columns } = { codeHash: 'c'.repeat(64), columns: [] };
  const definition = Definition.parse({ ...parse(validDefinition), ...said });
  const applied = await storeDefinition(ledger.db, { definition, codeHash, columns, appliedBy: osUser('ada') });
  expect(applied).toEqual({ version: 1, created: false, settingsChanged: true });

  const { models } = inventoryOperation.answer.parse((await reign('inventory', '--json')).json());
  const [model] = models;
  const { reviewEvery, ...shown } = said;
  expect(model).toMatchObject({
    ...{ model: 'flight-delay', definitionVersion: 1, overrides: 0, ...shown },
    champion: { version: 1, asOf: '2001-02-12T00:00:00Z' },
    lastValidation: { cycle: 'flight-delay.live.20010219T000000Z.v1', verdict: 'keep' },
  });
  const yearOf = (time: string | null | undefined) => new Date(time ?? '').getUTCFullYear();
  expect(yearOf(model?.nextReview) - yearOf(model?.lastReview)).toBe(1);
});

test('as CSV a value with commas, quotes or line breaks stays one value', async () => {
  const lines = (await reign('inventory', '--csv')).stdout.split('\r\n');
  expect(lines[0]).toMatch(/^model,definitionVersion,champion\.version,.*,owner,tier,intendedUse,tags$/);
  expect(lines[1]).toMatch(
    /^flight-delay,1,1,2001.*,0,"Credit risk, Lisbon",high,"Says which ""late"" flights\nto watch",flights; ops\n$/,
  );
});

test.each([
  ['tier', { tier: 'huge' }],
  ['tags', { tags: ['a', 'a'] }],
  ['reviewEvery', { reviewEvery: 'P0D' }],
  ['owner', { owner: ' ' }],
])('%s that says nothing is refused', (field, change) => {
  const { success, error } = Definition.safeParse({ ...parse(validDefinition), ...change });
  expect(success).toBe(false);
  expect(error?.issues[0]?.path[0]).toBe(field);
});
