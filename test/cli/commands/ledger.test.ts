import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { storeDefinition } from '../../../ledger/definitions.ts';
import type { Ledger } from '../../../ledger/openLedger.ts';
import { storeCodeWarnings } from '../../../ledger/warnings.ts';
import { examineLedger } from '../../../operations/doctor/ledger.ts';
import { osUser } from '../../../schemas/actor.ts';
import { Cycle } from '../../../schemas/cycle.ts';
import { Definition } from '../../../schemas/definition.ts';
import { validDefinition } from '../../definition/valid.ts';
import { type TestDatabase, withDatabase } from '../../postgres.ts';
import { claimed, ledgerWithCycles, ledgerWithModel } from '../filledLedger.ts';
import { runCommand } from '../runCommand.ts';

let database: TestDatabase;
let ledger: Ledger;
let env: Record<string, string>;
beforeAll(async () => {
  database = await withDatabase();
  ledger = await ledgerWithCycles(database.url);
  env = { REIGN_LEDGER_URL: database.url };
});
afterAll(async () => {
  await ledger.close();
  await database[Symbol.asyncDispose]();
});

const reign = (...args: string[]) => runCommand(args, { env });

describe('cycles', () => {
  test('as a table', async () => {
    const { code, stdout, stderr } = await reign('cycles', 'flight-delay');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "asOf        status    verdict      decided by  version  against  ROC AUC  champion  difference [95 %]
      2001-02-12  promoted  promote      primary          v1  trivial   0.6800            +0.1800 [+0.1700, +0.1900]  ██████████
      2001-02-19  kept      keep         primary          v2       v1   0.6700    0.6800  -0.0100 [-0.0200, +0.0010]  █
      2001-02-26  failed    WindowEmpty

      ROC AUC of the challengers  █▁·  0.6700 to 0.6800

      One of them in full: reign show flight-delay.live.20010226T000000Z.v1
      "
    `);
  });

  test('as JSON: whole cycles, oldest first', async () => {
    const ran = await reign('cycles', 'flight-delay', '--json');
    const cycles = Cycle.array().parse(ran.json().cycles);
    expect(cycles.map(({ asOf, status }) => [asOf.slice(0, 10), status])).toEqual([
      ['2001-02-12', 'promoted'],
      ['2001-02-19', 'kept'],
      ['2001-02-26', 'failed'],
    ]);
  });

  test('of a model that is not there', async () => {
    const { code, stderr, stdout } = await reign('cycles', 'flight-dealy');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'error[ModelUnknown]: no model is named "flight-dealy"; did you mean flight-delay?\nApply a definition of this model first: reign apply FILE.\n',
    );
  });
});

describe('show', () => {
  test('by id and by model with asOf is the same', async () => {
    const id = 'flight-delay.live.20010219T000000Z.v1';
    const byId = await reign('show', id, '--json');
    const byAsOf = await reign('show', 'flight-delay', '2001-02-19', '--json');
    expect(byId.json()).toMatchObject({ id, status: 'kept', judgements: [{ number: 1, champion: 1 }], measured: null });
    expect(byAsOf.stdout).toBe(byId.stdout);
  });

  test('of a model alone its latest cycle', async () => {
    const { code, stdout } = await reign('show', 'flight-delay', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { id: 'flight-delay.live.20010226T000000Z.v1' }]);
  });

  test('a failed cycle', async () => {
    const { code, stdout } = await reign('show', 'flight-delay', '2001-02-26');
    expect(code).toBe(0);
    expect(stdout).toContain('failed at inspect: WindowEmpty\nno rows\nChoose another asOf.');
  });

  test('warnings of the last cycle stand in show, models and doctor', async () => {
    const id = 'flight-delay.live.20010226T000000Z.v1';
    const code = { category: 'UserWarning', place: 'pipeline.py:12', during: 'fit', count: 3 } as const;
    await storeCodeWarnings(ledger.db, { id, model: 'flight-delay' }, [
      { ...code, text: 'The column … is skewed.' },
      { ...code, place: 'pipeline.py:13', text: '', count: 1 },
    ]);
    const first = 'fit: UserWarning at pipeline.py:12: The column … is skewed. (3 times)';
    const second = 'fit: UserWarning at pipeline.py:13: its text may quote rows and was not kept';
    expect((await reign('show', id, '--json')).json()).toMatchObject({ warnings: [first, second] });
    const shown = (await reign('show', id)).stdout;
    for (const text of [first, second]) expect(shown).toContain(`warning  ${text}`);
    expect((await reign('models', '--json')).json()).toMatchObject({ models: [{ warnings: [first, second] }] });
    expect((await reign('models')).stdout).toContain(
      'warning  flight-delay, last cycle: fit: UserWarning at pipeline.py:12',
    );
    expect((await examineLedger(database.url, 'live')).at(-1)).toMatchObject({
      part: 'last cycle of flight-delay',
      status: 'warning',
      found: `${first} (and 1 more)`,
      message: { id: 'doctor.warned-more', values: { warning: first, more: { value: 1, unit: 'count' } } },
      advice: `See reign show ${id}.`,
    });
  });

  test('a cycle that is not there, and a time that is none', async () => {
    const missing = await reign('show', 'flight-delay', '2001-03-05', '--json');
    expect([missing.code, missing.json()]).toMatchObject([2, { error: { code: 'CycleUnknown' } }]);
    const undated = await reign('verify', 'flight-delay', '--json');
    expect(undated.json()).toMatchObject({
      error: { code: 'CycleUnknown', message: expect.stringContaining('of the model flight-delay, give an asOf too') },
    });
    const other = await reign('show', 'flight-delay', '--lineage', 'backfill-1', '--json');
    expect([other.code, other.json()]).toMatchObject([
      2,
      { error: { code: 'CycleUnknown', message: expect.stringContaining('no cycle in the lineage backfill-1 yet') } },
    ]);
    const wrong = await reign('show', 'flight-delay', '2001-13-05', '--json');
    expect([wrong.code, wrong.json()]).toMatchObject([2, { error: { code: 'AsOfInvalid' } }]);
  });
});

describe('history', () => {
  test('says who reigned, since when, and why', async () => {
    const { stdout } = await reign('history', 'flight-delay');
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')).toMatchInlineSnapshot(`
      "champion  asOf        from                     to   beat       difference [95 %]                   decided by  why
      v1        2001-02-12  TIME  now  the first  ROC AUC +0.1800 [+0.1700, +0.1900]  gate        It wins.
      "
    `);
  });

  test('as JSON', async () => {
    const ran = await reign('history', 'flight-delay', '--json');
    expect(ran.json()).toMatchObject({
      lineage: 'live',
      reigns: [{ epoch: 1, version: 1, to: null, beat: null, by: 'gate' }],
    });
  });
});

test('models', async () => {
  const ran = await reign('models', '--json');
  const champion = { version: 1, asOf: '2001-02-12T00:00:00Z' };
  expect(ran.json()).toMatchObject({ models: [{ model: 'flight-delay', definitionVersion: 1, champion }] });
  expect((await reign('models')).stdout).toContain('v1, asOf 2001-02-12');
});

describe('retrain decides by the ledger before it asks Temporal', () => {
  test.each([
    ['2001-13-01', 'AsOfInvalid'],
    ['tomorrow', 'AsOfInvalid'],
    ['2001-02-12T00:00:00.5Z', 'AsOfInvalid'],
    ['2001-02-12T00:00:00', 'AsOfInvalid'],
    ['2001-07-01', 'AsOfInFuture'],
    ['2001-02-05', 'AsOfBeforeChampion'],
  ])('%s -> %s', async (asOf, code) => {
    const ran = await reign('retrain', 'flight-delay', '--as-of', asOf, '--json');
    expect([ran.code, ran.json()]).toMatchObject([2, { error: { code } }]);
  });

  test('a settled cycle is shown at once', async () => {
    const ran = await reign('retrain', 'flight-delay', '--as-of', '2001-02-19', '--wait', '--json');
    expect([ran.code, ran.json()]).toMatchObject([0, { status: 'kept', challenger: 2 }]);
    const { warnings, ...cycle } = ran.json();
    expect(Cycle.parse(cycle).primary?.difference).toBe(-0.01);
    expect(warnings).toEqual([]);
  });

  test('a failed one would be tried again: that takes Temporal', async () => {
    const ran = await reign('retrain', 'flight-delay', '--as-of', '2001-02-26', '--json');
    expect([ran.code, ran.json()]).toMatchObject([3, { error: { code: 'SettingMissing' } }]);
  });
});

test('cycles of another line of champions are listed by its name only, and that there are some is said', async () => {
  await using another = await withDatabase();
  const filled = await ledgerWithCycles(another.url);
  const ask = async (...args: string[]) =>
    (await runCommand(['cycles', 'flight-delay', ...args], { env: { REIGN_LEDGER_URL: another.url } })).stdout;
  try {
    const before = await ask();
    const lineage = { model: 'flight-delay', name: 'backfill-1', kind: 'backfill' } as const;
    await filled.db.insertInto('lineages').values(lineage).execute();
    await claimed(filled, '2001-03-05T00:00:00Z', 1, 'backfill-1');
    const hint = 'Those of another line of champions: reign cycles flight-delay --lineage backfill-1\n';
    expect(await ask()).toBe(`${before}${hint}`);
    const own = await ask('--lineage', 'backfill-1');
    expect(own).toContain('2001-03-05');
    expect(own).not.toContain('2001-02-12');
  } finally {
    await filled.close();
  }
});

test('of cycles that share an asOf, the one that is shown says its definition version, and names the others', async () => {
  await using another = await withDatabase();
  const two = await ledgerWithCycles(another.url);
  const ask = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: another.url } });
  try {
    const definition = Definition.parse(parse(validDefinition));
    await storeDefinition(two.db, { definition, codeHash: 'd'.repeat(64), columns: [], appliedBy: osUser('ada') });
    const newer = await claimed(two, '2001-02-26T00:00:00Z', 2);
    const byAsOf = await ask('show', 'flight-delay', '2001-02-26', '--json');
    expect(byAsOf.json()).toMatchObject({ id: newer, definitionVersion: 2, otherVersions: [1] });
    expect((await ask('show', 'flight-delay')).stdout).toContain(
      'version 2; this asOf also has a cycle of version 1\n',
    );
    expect((await ask('show', 'flight-delay', '2001-02-19')).stdout).toMatch(/^definition +version 1$/m);
  } finally {
    await two.close();
  }
});

test('empty states say what to do', async () => {
  await using empty = await withDatabase();
  const fresh = await ledgerWithModel(empty.url);
  const ask = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: empty.url } });
  try {
    expect((await ask('cycles', 'flight-delay')).stdout).toContain('reign retrain flight-delay --as-of T --wait');
    expect((await ask('history', 'flight-delay')).stdout).toContain('reign retrain flight-delay --as-of T --wait');
    expect((await ask('cycles', 'flight-delay', '--json')).json()).toEqual({
      ...{ model: 'flight-delay', cycles: [], deciding: {}, others: [] },
    });
  } finally {
    await fresh.close();
  }
});

test('a ledger that was never migrated, and one that does not answer', async () => {
  await using empty = await withDatabase();
  const ask = (url: string) => runCommand(['cycles', 'flight-delay', '--json'], { env: { REIGN_LEDGER_URL: url } });
  const unmigrated = await ask(empty.url);
  expect([unmigrated.code, unmigrated.json()]).toMatchObject([3, { error: { code: 'LedgerUnavailable' } }]);
  const nobody = await ask('postgresql://postgres:secret@127.0.0.1:1/reign');
  expect([nobody.code, nobody.json()]).toMatchObject([3, { error: { code: 'LedgerUnavailable' } }]);
  expect(nobody.stdout).not.toContain('secret');
});
