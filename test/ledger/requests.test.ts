import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { storeActor } from '../../ledger/actors.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { gateActor } from '../../ledger/gateActor.ts';
import { requestsAbout, storeRequest } from '../../ledger/requests.ts';
import { Actor, actorId, osUser } from '../../schemas/actor.ts';
import { apply, identity, model, reign, windows } from './scene.ts';
import { withLedger } from './withLedger.ts';

const refused = { code: 'LedgerConflict' };

test('an actor is known by kind, name and how the name was established, or by the release of the gate', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const actors: Actor[] = [
    osUser('ada'),
    { kind: 'person', name: 'ada', authentication: 'session' },
    { kind: 'program', name: 'nightly', authentication: 'token' },
    { kind: 'schedule', name: model, authentication: 'internal' },
    gateActor,
  ];
  const stored = await Promise.all([...actors, ...actors].map((actor) => storeActor(db, Actor.parse(actor))));
  expect(new Set(stored)).toEqual(
    new Set([
      'person:ada@os-user',
      'person:ada@session',
      'program:nightly@token',
      'schedule:flight-delay@internal',
      'gate@0.1.0',
    ]),
  );
  const known = { id: 'person:eve@oidc', kind: 'person', name: 'eve', authentication: 'oidc' } as const;
  for (const forged of [
    { ...known, id: 'person:ada@oidc' },
    { ...known, authentication: 'internal' as const, id: 'person:eve@internal' },
    { ...known, name: '', id: 'person:@oidc' },
    { ...known, name: 'eve\n', id: 'person:eve\n@oidc' },
    { ...known, release: '0.1.0' },
    { ...known, id: 'gate@9', kind: 'gate' as const, name: 'gate' },
    { ...known, id: 'gate@9', kind: 'gate' as const, name: 'gate', release: '9' },
  ]) {
    await expect(db.insertInto('actors').values(forged).execute(), JSON.stringify(forged)).rejects.toMatchObject(
      refused,
    );
    expect(actorId(gateActor)).not.toBe(forged.id);
  }
  for (const statement of ["update reign.actors set name = 'x'", 'delete from reign.actors'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject(refused);
});

test('a request that is sent again with its key is the same one; with another content it is refused', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  const request = {
    ...{ operation: 'cancel', actor: osUser('ada'), model, reason: 'the source was wrong' },
    subject: { kind: 'cycle', id: 'some' },
  };
  const repeated = { key: 'k1', content: { grace: 1, after: 2 } };
  const first = await storeRequest(db, { ...request, repeated });
  expect(first).toMatchObject({ actor: 'person:ada@os-user', created: true });
  const again = { ...request, repeated: { key: 'k1', content: { after: 2, grace: 1 } } };
  expect(await storeRequest(db, again)).toEqual({ ...first, created: false });
  for (const other of [
    { ...again, operation: 'retry' },
    { ...again, subject: { kind: 'cycle', id: 'other' } },
    { ...again, repeated: { key: 'k1', content: { grace: 2 } } },
  ])
    await expect(storeRequest(db, other)).rejects.toMatchObject({
      ...refused,
      message: 'The idempotency key "k1" of person:ada@os-user belongs to another request',
    });
  // Somebody else's key is another key; without one every request is its own.
  expect((await storeRequest(db, { ...again, actor: osUser('bob') })).created).toBe(true);
  const twice = [await storeRequest(db, request), await storeRequest(db, request)];
  expect(twice.map(({ created }) => created)).toEqual([true, true]);
  expect(await requestsAbout(db, { kind: 'cycle', id: 'some' })).toMatchObject([
    { id: first.id, operation: 'cancel', actor: 'person:ada@os-user', reason: 'the source was wrong' },
    { actor: 'person:bob@os-user' },
    {},
    {},
  ]);
  for (const wrong of [{ operation: 'Cancel now' }, { reason: ' ' }, { subject: { kind: 'cycle', id: '' } }])
    await expect(storeRequest(db, { ...request, ...wrong })).rejects.toMatchObject(refused);
  const bare = { operation: 'cancel', actor: first.actor, subject_kind: 'cycle', subject: 'some' };
  for (const wrong of [{ actor: 'person:nobody@os-user' }, { idempotency_key: 'k2' }, { model: 'unknown' }])
    await expect(
      db
        .insertInto('requests')
        .values({ ...bare, ...wrong })
        .execute(),
    ).rejects.toMatchObject(refused);
  for (const statement of ["update reign.requests set reason = 'x'", 'delete from reign.requests'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject(refused);
});

test('what was applied and what was started name the request that they follow from', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await apply(db);
  const applied = await db
    .selectFrom('definitions')
    .innerJoin('requests', 'requests.id', 'definitions.request')
    .select(['requests.operation', 'requests.actor', 'requests.subject'])
    .execute();
  expect(applied).toEqual([{ operation: 'apply', actor: 'person:ada@os-user', subject: 'flight-delay.v1' }]);
  // Applying the same again changed nothing, so nobody asked for anything.
  expect(await db.selectFrom('requests').select('id').execute()).toHaveLength(1);

  const { id } = identity({ week: 1 });
  const asked = { ...identity({ week: 1 }), trigger: 'manual' as const, windows: windows(1), actor: osUser('bob') };
  for (let at = 0; at < 3; at++) await claimCycle(db, { ...asked, attemptToken: 'run-1' });
  await claimCycle(db, { ...asked, actor: osUser('eve'), attemptToken: 'run-2' });
  const attempts = await db
    .selectFrom('attempts')
    .leftJoin('requests', 'requests.id', 'attempts.request')
    .select(['number', 'operation', 'actor', 'subject'])
    .orderBy('number')
    .execute();
  expect(attempts).toEqual([
    { number: 1, operation: 'retrain', actor: 'person:bob@os-user', subject: id },
    { number: 2, operation: 'retrain', actor: 'person:eve@os-user', subject: id },
  ]);

  await reign({ db, week: 2 });
  expect(await db.selectFrom('promotions').select(['actor', 'promoted_by', 'decision']).execute()).toEqual([
    { actor: 'gate@0.1.0', promoted_by: 'gate', decision: null },
  ]);
});
