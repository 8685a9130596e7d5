import { type Insertable, type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import type { Database } from '../../ledger/database.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, hashOf, identity, judgementOf, model, prepare, reign, windows } from './scene.ts';
import { withLedger } from './withLedger.ts';

const refused = { code: 'LedgerConflict' };

test('every model has its live lineage; others name what they vary, and none changes', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  expect(await db.selectFrom('lineages').select(['model', 'name', 'kind', 'parent', 'origin']).execute()).toEqual([
    { model, name: 'live', kind: 'live', parent: null, origin: null },
  ]);
  await reign({ db, week: 1 });
  const origin = identity({ week: 1 }).id;
  const add = (row: Partial<Insertable<Database['lineages']>>) =>
    db
      .insertInto('lineages')
      .values({ model, name: 'other', kind: 'backfill', ...row })
      .execute();
  const policy = '{"gate": {}}';
  for (const wrong of [
    { kind: 'live' as const },
    { name: 'live' },
    { name: 'with.dots' },
    { parent: 'unknown' },
    { origin: 'unknown' },
    { model: 'unknown' },
    { policy },
    { kind: 'replay' as const, parent: 'live' },
    { kind: 'replay' as const, policy },
  ])
    await expect(add(wrong), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  await add({ origin, parent: 'live' });
  await add({ name: 'what-if', kind: 'replay', parent: 'other', policy });
  for (const statement of ["update reign.lineages set kind = 'live'", 'delete from reign.lineages'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject(refused);
});

test('a cycle belongs to a lineage that there is, and a backfill to none that is live', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const key = { ...identity({ week: 1, lineage: 'unknown' }), windows: windows(1), attemptToken: 'run-1' };
  await expect(claimCycle(db, { ...key, trigger: 'backfill' })).rejects.toMatchObject(refused);
  const live = { ...key, ...identity({ week: 1 }), trigger: 'backfill' as const };
  await expect(claimCycle(db, live)).rejects.toMatchObject({
    message: expect.stringMatching(/a backfill never moves the live champion/),
  });
});

test('before the first promotion of a lineage its origin reigns, and nobody else', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const origin = identity({ week: 1 }).id;
  await db.insertInto('lineages').values({ model, name: 'from-live', kind: 'backfill', origin }).execute();
  const actor = { db, week: 2, lineage: 'from-live' };
  await prepare(actor);
  const judgement = await judgementOf(actor);
  expect(judgement).toMatchObject({ epoch: 0, champion: 1 });
  const againstNobody = { ...judgement, champion: null, championCycle: null };
  await expect(storeJudgement(db, againstNobody)).rejects.toMatchObject({
    message: expect.stringMatching(/before the first promotion of lineage from-live reigns flight-delay.live/),
  });
  expect(await storeJudgement(db, judgement)).toMatchObject({ champion: 1 });
});

test('a version of a backfill reigns in its lineage without a number, and not in the live one', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const actor = { db, week: 1, lineage: 'backfill-1' };
  const id = await prepare(actor);
  const attempt = { cycle: id, attempt: 1, model, lineage: 'backfill-1', number: 1, epoch: 0, evidence: hashOf('e') };
  const judged = { ...attempt, challenger: id, policy: '{}', verdict: '{"kind": "promote"}' };
  await db.insertInto('judgements').values(judged).execute();
  const gate = await gateOf(db);
  const crowned = { model, lineage: 'backfill-1', epoch: 1, champion: id, cycle: id, judgement_number: 1 };
  const row = { ...crowned, kind: 'promotion' as const, reason: 'won', actor: gate };
  await db.insertInto('promotions').values(row).execute();

  const live = await prepare({ db, week: 2 });
  const unnumbered = { ...judged, cycle: live, challenger: live, lineage: 'live' };
  await expect(db.insertInto('judgements').values(unnumbered).execute()).rejects.toMatchObject(refused);
  await db
    .insertInto('judgements')
    .values({ ...unnumbered, challenger_version: 2 })
    .execute();
  const inLive = { ...row, lineage: 'live', cycle: live, champion: live };
  await expect(db.insertInto('promotions').values(inLive).execute()).rejects.toMatchObject(refused);
  await expect(
    db
      .insertInto('promotions')
      .values({ ...inLive, version: 1 })
      .execute(),
  ).rejects.toMatchObject(refused);
  await db
    .insertInto('promotions')
    .values({ ...inLive, version: 2 })
    .execute();
  expect(await currentChampion(db, model, 'live')).toMatchObject({ id: live, version: 2 });
});

async function gateOf(db: Kysely<Database>): Promise<string> {
  const id = 'gate@0.1.0';
  const values = { id, kind: 'gate' as const, name: 'gate', authentication: 'internal' as const, release: '0.1.0' };
  await db.insertInto('actors').values(values).execute();
  return id;
}

test('a version from outside is stored with its number, its files and who registered it, and stays; a cycle judges it', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const id = `${model}.registered.7`;
  const asked = await storeRequest(db, {
    ...{ operation: 'challenge', actor: osUser('ada'), model, reason: 'from my notebook' },
    subject: { kind: 'version', id },
  });
  const notebook = {
    ...{ id, model, origin: 'notebook' as const, version: 7, model_uri: 'models:/m-7', request: asked.id },
    ...{ digest: hashOf('files'), files: '{"MLmodel": "x"}', registered_at: '2001-02-01T00:00:00Z' },
  };
  const add = (row: Partial<Insertable<Database['versions']>>) =>
    db
      .insertInto('versions')
      .values({ ...notebook, ...row })
      .execute();
  for (const wrong of [
    { version: null },
    { digest: null, files: null },
    { request: null },
    { registered_at: null },
    { origin: 'cycle' as const },
    { lineage: 'live' },
    { cycle: identity({ week: 1 }).id },
    { train_from: '2001-01-01T00:00:00Z' },
    { train_from: '2001-01-02T00:00:00Z', train_to: '2001-01-01T00:00:00Z' },
    { version: 1 },
  ])
    await expect(add(wrong), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  await add({});
  const change = db.updateTable('versions').set({ model_uri: 'models:/m-8' }).where('id', '=', id);
  await expect(change.execute()).rejects.toMatchObject({ message: expect.stringMatching(/does not change/) });

  // A challenge is a cycle that fits nothing: beside the retraining of the same asOf, and once a version.
  const { id: _, asOf: as_of, definitionVersion: definition_version, ...key } = identity({ week: 2 });
  const { from: holdout_from, to: holdout_to } = windows(2).holdout;
  const challenge = {
    ...{ ...key, as_of, definition_version, holdout_from, holdout_to, trigger: 'manual' as const },
    ...{ status: 'running' as const, kind: 'challenge' as const, challenger: id, challenger_version: 7 },
  };
  const begin = (row: Partial<Insertable<Database['cycles']>>) =>
    db
      .insertInto('cycles')
      .values({ ...challenge, id: 'challenge', ...row })
      .execute();
  await prepare({ db, week: 2 });
  for (const wrong of [
    { challenger: null, challenger_version: null },
    { challenger: 'unknown' },
    { challenger_version: 8 },
    { kind: 'retrain' as const },
    { kind: 'replay' as const },
    { train_from: '2001-01-01T00:00:00Z' },
  ])
    await expect(begin(wrong), JSON.stringify(wrong)).rejects.toMatchObject(refused);
  await begin({});
  await expect(begin({ id: 'again' })).rejects.toMatchObject(refused);
  const other = db.updateTable('cycles').set({ challenger: identity({ week: 2 }).id, challenger_version: 2 });
  await expect(other.where('id', '=', 'challenge').execute()).rejects.toMatchObject(refused);

  await db.insertInto('attempts').values({ cycle: 'challenge', number: 1, token: 't' }).execute();
  const judgement = { ...(await judgementOf({ db, week: 2 })), cycle: 'challenge' };
  await expect(storeJudgement(db, judgement)).rejects.toMatchObject({
    message: expect.stringMatching(/judges its challenger flight-delay.registered.7/),
  });
  expect(await storeJudgement(db, { ...judgement, challenger: 7 })).toMatchObject({ challenger: 7, champion: 1 });
});

test('a version of a backfill gets its number when it is adopted, long after its cycle has ended; nothing else of it', async () => {
  await using ledger = await withLedger();
  const { db, owner } = ledger;
  await apply(db);
  const actor = { db, week: 1, lineage: 'backfill-1' };
  await reign(actor);
  const { id } = identity(actor);
  await sql`alter table reign.versions disable trigger user`.execute(owner);
  await sql`alter table reign.promotions disable trigger user`.execute(owner);
  await sql`update reign.promotions set version = null where champion = ${id}`.execute(owner);
  for (const table of ['judgements', 'cycles', 'error_charges']) {
    await sql`alter table ${sql.id('reign', table)} disable trigger user`.execute(owner);
    await sql`update ${sql.id('reign', table)} set challenger_version = null`.execute(owner);
  }
  await sql`update reign.versions set version = null`.execute(owner);
  await sql`alter table reign.versions enable trigger user`.execute(owner);
  const set = (row: { version?: number | null; model_uri?: string; registered_at?: string }) =>
    db.updateTable('versions').set(row).where('id', '=', id).execute();
  await expect(set({ version: 5, model_uri: 'models:/other' })).rejects.toMatchObject(refused);
  await expect(set({ registered_at: '2001-03-01T00:00:00Z' })).rejects.toMatchObject(refused);
  await set({ version: 5, registered_at: '2001-03-01T00:00:00Z' });
  await expect(set({ version: 6 })).rejects.toMatchObject(refused);
});
