import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { settingsHistory } from '../../ledger/definitionSettings.ts';
import {
  definitionHash,
  definitionVersion,
  latestDefinition,
  models,
  storeDefinition,
} from '../../ledger/definitions.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { osUser } from '../../schemas/actor.ts';
import { type Definition, Gate } from '../../schemas/definition.ts';
import { Schedule } from '../../schemas/schedule.ts';
import { withDatabase } from '../postgres.ts';
import { apply, definition, hashOf, model } from './scene.ts';
import { upTo } from './upTo.ts';
import { withLedger } from './withLedger.ts';

test('a version is stored only when something changed', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  expect(await latestDefinition(db, model)).toBeUndefined();
  expect(await apply(db)).toEqual({ version: 1, created: true, settingsChanged: false });
  expect(await apply(db)).toEqual({ version: 1, created: false, settingsChanged: false });
  expect(await apply(db, 'second')).toEqual({ version: 2, created: true, settingsChanged: false });
  const stored = await definitionVersion(db, model, 1);
  expect(stored).toMatchObject({ model, version: 1, codeHash: hashOf('code'), appliedBy: 'ada' });
  expect(stored?.definition).toEqual(definition());
  expect(stored?.appliedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect((await latestDefinition(db, model))?.version).toBe(2);
  expect(await models(db)).toMatchObject([{ model, definitionVersion: 2 }]);
});

test('going back to an earlier definition is a new version, so that the latest is what was applied last', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await apply(db, 'second');
  expect(await apply(db)).toEqual({ version: 3, created: true, settingsChanged: false });
});

test('changed code, and a column that became something else, are changes; the order of keys is not', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const base = { definition: definition(), codeHash: null, columns: [], appliedBy: osUser('ada') };
  await storeDefinition(db, base);
  const { model: name, ...rest } = base.definition;
  expect((await storeDefinition(db, { ...base, definition: { ...rest, model: name } })).version).toBe(1);
  expect((await storeDefinition(db, { ...base, codeHash: hashOf('a') })).version).toBe(2);
  const column = { name: 'hour', kind: 'text', sourceType: 'text', postgresType: 'character varying(10)' } as const;
  expect((await storeDefinition(db, { ...base, codeHash: hashOf('a'), columns: [column] })).version).toBe(3);
  const wider = { ...column, postgresType: 'character varying(20)' };
  expect((await storeDefinition(db, { ...base, codeHash: hashOf('a'), columns: [wider] })).version).toBe(3);
});

test('ten that apply the same at once make one version', async () => {
  await using ledger = await withLedger();
  const applied = await Promise.all(Array.from({ length: 10 }, () => apply(ledger.db)));
  expect(applied.map(({ version }) => version)).toEqual(Array(10).fill(1));
  expect(applied.filter(({ created }) => created)).toHaveLength(1);
  const next = await Promise.all(Array.from({ length: 10 }, () => apply(ledger.db, 'second')));
  expect(next.map(({ version }) => version)).toEqual(Array(10).fill(2));
  expect(next.filter(({ created }) => created)).toHaveLength(1);
});

/** As a release wrote it that did not know some keys yet. */
function ofAnEarlierRelease() {
  const { gate, windows, source, ...rest } = definition();
  const { undecidedSlices: _, shift: __, approval: ___, ...earlierGate } = gate;
  const { carry: ____, ...earlierSource } = source;
  return { ...rest, windows, source: earlierSource, gate: earlierGate } as unknown as Definition;
}

test('a definition of an earlier release is read with the defaults of keys that came later', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await storeDefinition(db, {
    definition: ofAnEarlierRelease(),
    codeHash: null,
    columns: [],
    appliedBy: osUser('ada'),
  });
  expect((await latestDefinition(db, model))?.definition).toEqual(definition());
  expect((await definitionVersion(db, model, 1))?.definition.gate.approval).toMatchObject({
    when: 'review',
    deadline: 'P7D',
  });
});

test('its hash stays that of what was applied, and applying the same file again changes nothing', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const earlier = ofAnEarlierRelease();
  await storeDefinition(db, { definition: earlier, codeHash: null, columns: [], appliedBy: osUser('ada') });
  const stored = await definitionVersion(db, model, 1);
  if (stored === undefined) throw new Error('no version');
  expect(stored.document).toEqual(earlier);
  expect(definitionHash(stored)).toBe(stored.hash);
  const applied = { definition: definition(), codeHash: null, columns: [], appliedBy: osUser('ada') };
  expect(await storeDefinition(db, applied)).toEqual({ version: 1, created: false, settingsChanged: false });
  const stricter = { ...definition(), gate: Gate.parse({ minimumGain: 0.01 }) };
  expect(await storeDefinition(db, { ...applied, definition: stricter })).toEqual({
    version: 2,
    created: true,
    settingsChanged: false,
  });
});

test('a definition that this release does not read is replaced by the next one that is applied', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const later = { ...definition(), oracle: true } as unknown as Definition;
  await storeDefinition(db, { definition: later, codeHash: null, columns: [], appliedBy: osUser('ada') });
  const stored = await latestDefinition(db, model);
  expect(stored?.definition).toEqual(later);
  expect(stored && definitionHash(stored)).toBe(stored?.hash);
  const applied = { definition: definition(), codeHash: null, columns: [], appliedBy: osUser('ada') };
  expect(await storeDefinition(db, applied)).toEqual({ version: 2, created: true, settingsChanged: false });
});

const weekly = (cron: string) => ({ schedule: Schedule.parse({ cron }) });

test('a schedule makes no version, so that one asOf does not run twice; it is kept with its history', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const base = { codeHash: null, columns: [], appliedBy: osUser('ada') };
  const store = (more: object, by = 'ada') =>
    storeDefinition(db, { ...base, definition: { ...definition(), ...more }, appliedBy: osUser(by) });
  const monday = weekly('0 6 * * MON');
  expect(await store(monday)).toEqual({ version: 1, created: true, settingsChanged: true });
  expect(await store(monday)).toEqual({ version: 1, created: false, settingsChanged: false });
  const stored = await definitionVersion(db, model, 1);
  expect(stored?.document).not.toHaveProperty('schedule');
  expect(stored && definitionHash(stored)).toBe(stored?.hash);

  const tuesday = weekly('0 6 * * TUE');
  const both = await Promise.all(Array.from({ length: 5 }, () => store(tuesday, 'bob')));
  expect(both.filter(({ settingsChanged }) => settingsChanged)).toHaveLength(1);
  expect(both.every(({ version, created }) => version === 1 && !created)).toBe(true);
  // What decides about a cycle is the schedule of now, by whatever version it runs.
  expect((await definitionVersion(db, model, 1))?.definition.schedule).toEqual(tuesday.schedule);
  expect(await store({})).toEqual({ version: 1, created: false, settingsChanged: true });
  expect((await latestDefinition(db, model))?.definition).not.toHaveProperty('schedule');
  expect(await store({ description: 'second', ...monday })).toEqual({
    version: 2,
    created: true,
    settingsChanged: true,
  });
  expect(await settingsHistory(db, model)).toMatchObject([
    { settings: monday, appliedBy: 'ada' },
    { settings: tuesday, appliedBy: 'bob' },
    { settings: {}, appliedBy: 'ada' },
    { settings: monday, appliedBy: 'ada' },
  ]);
  for (const statement of [
    "update reign.definition_settings set document = '{}'",
    'delete from reign.definition_settings',
  ])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject({ code: 'LedgerConflict' });
});

test('a schedule that can no longer be applied stays readable', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const differs = { schedule: Schedule.parse({ cron: '0 6 13 * MON#1', timeZone: 'europe/berlin' }) };
  const applied = { codeHash: null, columns: [], appliedBy: osUser('ada') };
  await storeDefinition(db, { ...applied, definition: { ...definition(), ...differs } });
  const stored = await latestDefinition(db, model);
  expect(stored?.definition).toMatchObject(differs);
  expect(stored && definitionHash(stored)).toBe(stored?.hash);
});

test('a schedule that an earlier release stored in its versions is the one in force, and applying it changes nothing', async () => {
  await using database = await withDatabase();
  const { db, close } = openLedger(database.url);
  try {
    await upTo(db, '0012-waiting');
    const asStored = (cron: string) => ({ schedule: { cron, timeZone: 'UTC' } });
    const documents = [asStored('0 6 * * MON'), asStored('0 6 * * MON'), asStored('0 7 * * MON'), {}];
    await sql`insert into reign.models (name) values (${model})`.execute(db);
    for (const [at, schedule] of documents.entries()) {
      const document = { ...definition(`${at}`), ...schedule };
      const hash = definitionHash({ document, codeHash: null, columns: [] });
      await sql`insert into reign.definitions (model, version, hash, document, columns, applied_by)
        values (${model}, ${at + 1}, ${hash}, ${JSON.stringify(document)}, '[]', 'ada')`.execute(db);
    }
    await migrate(db);
    expect((await settingsHistory(db, model)).map(({ settings }) => settings)).toEqual([
      weekly('0 6 * * MON'),
      weekly('0 7 * * MON'),
      {},
    ]);
    const stored = await definitionVersion(db, model, 3);
    expect(stored && definitionHash(stored)).toBe(stored?.hash);
    const applied = { codeHash: null, columns: [], appliedBy: osUser('ada'), definition: definition('3') };
    expect(await storeDefinition(db, applied)).toEqual({ version: 4, created: false, settingsChanged: false });
  } finally {
    await close();
  }
});
