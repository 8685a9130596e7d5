import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { type Ledger, openLedger } from '../../../ledger/openLedger.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { storeRequest } from '../../../ledger/requests.ts';
import { osUser } from '../../../schemas/actor.ts';
import { Definition } from '../../../schemas/definition.ts';
import { validDefinition } from '../../definition/valid.ts';
import { type TestLedger, withLedger } from '../../ledger/withLedger.ts';
import { claimed, model } from '../filledLedger.ts';
import { runCommand } from '../runCommand.ts';

const schedule = { cron: '0 6 * * MON', timeZone: 'UTC', overlap: 'skip', catchUp: 'latest' };
let database: TestLedger;
let ledger: Ledger;

/** Weekly since March, but for two weeks of holidays that end on 4 June. */
beforeAll(async () => {
  database = await withLedger();
  ledger = openLedger(database.url);
  const { db } = ledger;
  const definition = Definition.parse({ ...parse(validDefinition), schedule });
  const actor = osUser('ada');
  await storeDefinition(db, { definition, codeHash: 'c'.repeat(64), columns: [], appliedBy: actor });
  const asked = async (operation: string, reason: string | null = null) =>
    (await storeRequest(db, { operation, actor, model, reason, subject: { kind: 'schedule', id: model } })).id;
  const [applied, paused, resumed] = [
    await asked('apply'),
    await asked('schedule-pause', 'holidays'),
    await asked('x'),
  ];
  const period = { model, spec: JSON.stringify(definition.schedule), time_zone: 'UTC' };
  const [march, may, june] = ['2001-03-01T00:00:00Z', '2001-05-21T00:00:00Z', '2001-06-04T00:00:00Z'] as const;
  await database.owner
    .insertInto('schedule_periods')
    .values([
      { ...period, valid_from: march, valid_to: may, paused: false, opened_by: applied, closed_by: paused },
      { ...period, valid_from: may, valid_to: june, paused: true, opened_by: paused, closed_by: resumed },
      { ...period, valid_from: june, paused: false, opened_by: resumed },
    ])
    .execute();
  const ends = {
    '2001-06-25T06:00:00Z': { status: 'kept', summary: 'It does not win.' },
    '2001-06-18T06:00:00Z': { status: 'skipped', summary: 'Skipped: it began too late.' },
    '2001-05-14T06:00:00Z': { status: 'cancelled', summary: 'Cancelled by ada: wrong data.' },
  } as const;
  for (const [asOf, { status, summary }] of Object.entries(ends))
    await recordOutcome(db, await claimed(ledger, asOf), { status, summary });
});
afterAll(async () => {
  await ledger?.close();
  await database?.[Symbol.asyncDispose]();
});

const reign = (...args: string[]) => runCommand(args, { env: { REIGN_LEDGER_URL: database.url } });

test('a schedule is shown with its next five times and its last ten: what came of them, and why where nothing did', async () => {
  const { code, stdout } = await reign('schedule', model);
  expect(code).toBe(0);
  expect(stdout.split('\n').map((line) => line.trimEnd())).toEqual([
    'flight-delay: 0 6 * * MON (UTC), overlap skip, catchUp latest',
    'next: 2001-07-02T06:00:00Z, 2001-07-09T06:00:00Z, 2001-07-16T06:00:00Z, 2001-07-23T06:00:00Z, 2001-07-30T06:00:00Z',
    '',
    'asOf                  outcome    why',
    '2001-06-25T06:00:00Z  kept       It does not win.',
    '2001-06-18T06:00:00Z  skipped    Skipped: it began too late.',
    '2001-06-11T06:00:00Z  missing',
    '2001-06-04T06:00:00Z  missing',
    '2001-05-28T06:00:00Z  paused     holidays',
    '2001-05-21T06:00:00Z  paused     holidays',
    '2001-05-14T06:00:00Z  cancelled  Cancelled by ada: wrong data.',
    '2001-05-07T06:00:00Z  missing',
    '2001-04-30T06:00:00Z  missing',
    '2001-04-23T06:00:00Z  missing',
    '',
  ]);
});

test('the list of models says when the next cycle is due', async () => {
  const listed = (await reign('models', '--json')).json();
  expect(listed).toMatchObject({ models: [{ next: '2001-07-02T06:00:00Z', paused: false, waitsForPerson: [] }] });
  expect((await reign('models')).stdout).toMatch(/ next\n.* 2001-07-02 06:00:00 UTC\n/);
});

test.each([
  [['schedule'], 'expected MODEL [ACTION], or --all ACTION'],
  [['schedule', '--all'], 'expected MODEL [ACTION], or --all ACTION'],
  [['schedule', model, 'pause'], 'expected --reason TEXT'],
  [['schedule', model, 'stop', '--reason', 'x'], 'found stop; expected pause, resume or run-now'],
  [['schedule', '--all', 'run-now', '--reason', 'x'], 'found run-now; expected pause or resume'],
])('%j is refused, with what is expected', async (args, expected) => {
  const { code, json } = await reign(...args, '--json');
  expect([code, json()]).toMatchObject([2, { error: { code: 'UsageInvalid', message: expected } }]);
});
