import { sql } from 'kysely';
import pino from 'pino';
import { describe, expect, test, vi } from 'vitest';
import { recordActivities } from '../../../activities/record.ts';
import { followLedger, followPending } from '../../../activities/tracking/followLedger.ts';
import { currentChampion } from '../../../ledger/champions.ts';
import { cycleById } from '../../../ledger/cycles.ts';
import { eventsOf } from '../../../ledger/events.ts';
import { pendingProjections } from '../../../ledger/pendingProjections.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { versionOf } from '../../../ledger/versions.ts';
import { projectChampion } from '../../../projection/projectChampion.ts';
import { tagOutcome } from '../../../projection/tagOutcome.ts';
import { compareAliases } from '../../../reconcile/aliases.ts';
import { askingMlflow } from '../../../reconcile/askingMlflow.ts';
import type { RetrainRequest } from '../../../schemas/steps.ts';
import { openStore } from '../../../store/openStore.ts';
import { openTracker } from '../../../tracker/openTracker.ts';
import {
  deleteAlias,
  deleteVersion,
  getAlias,
  getVersion,
  setAlias,
  setVersionTags,
} from '../../../tracker/registry.ts';
import { nothing, request } from '../../../tracker/request.ts';
import { getRun } from '../../../tracker/runs.ts';
import { cycleTag } from '../../../tracker/tags.ts';
import { claim, crown, identity, judge, model, primary } from '../../ledger/scene.ts';

import { actor, failure, ledger, other, refused, registered } from './cycles.ts';
import { tracker } from './server.ts';

describe('MLflow follows the ledger', () => {
  test('the alias follows the ledger: set, mended when moved by hand, taken away where nobody reigns', async () => {
    const alias = () => getAlias(tracker, model, 'champion');
    const first = await registered(5);
    await setAlias(tracker, model, 'champion', first.version);
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBeUndefined();

    await crown(actor(5), await judge({ ...actor(5), version: first.version }));
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBe(first.version);

    const second = await registered(6);
    await crown(actor(6), await judge({ ...actor(6), version: second.version }));
    await setAlias(tracker, model, 'champion', first.version);
    await Promise.all([ledger.db, other.db, ledger.db].map((db) => projectChampion(tracker, db, model)));
    expect(await alias()).toBe(second.version);
    const look = () =>
      compareAliases({
        ledger: { db: ledger.db, close: async () => {} },
        repair: null,
        grace: 0,
        ...askingMlflow(tracker),
      });
    expect(await look()).toEqual([]);
    await setAlias(tracker, model, 'champion', first.version);
    expect(await look()).toMatchObject([
      {
        ...{ kind: 'alias-moved', model, outcome: 'found' },
        text: `the alias champion was moved by hand to version ${first.version}; the champion is version ${second.version}`,
        advice: `Whoever loads models:/${model}@champion gets another model. reign reconcile sets it again.`,
      },
    ]);
    await deleteAlias(tracker, model, 'champion');
    await projectChampion(tracker, ledger.db, model);
    expect(await alias()).toBe(second.version);
  });

  test('many that promote and project at the same time leave the alias on who reigns', async () => {
    const rivals = [await registered(7), await registered(8)];
    const judgements = [];
    for (const [at, { version }] of rivals.entries()) judgements.push(await judge({ ...actor(7 + at), version }));
    await Promise.all(
      judgements.map(async (judgement, at) => {
        await crown(actor(7 + at), judgement);
        await projectChampion(tracker, at === 0 ? ledger.db : other.db, model);
      }),
    );
    const champion = await currentChampion(ledger.db, model, 'live');
    expect(rivals.map(({ version }) => version)).toContain(champion?.version);
    expect(await getAlias(tracker, model, 'champion')).toBe(champion?.version);
  });

  test('the outcome is written onto run and version', async () => {
    const { cycle, version } = await registered(9);
    const promoting = { ...actor(9), version };
    const judgement = await judge(promoting);
    await crown(promoting, judgement);
    await recordOutcome(ledger.db, cycle.id, {
      status: 'promoted',
      verdict: 'promote',
      summary: 'Better by 0.2.',
      champion: judgement.champion,
      challenger: version,
      primary: { ...primary, champion: 0.5 },
    });
    await tagOutcome(tracker, ledger.db, cycle.id);
    await tagOutcome(tracker, ledger.db, cycle.id);
    const tags = {
      'reign.status': 'promoted',
      'reign.verdict': 'promote',
      'reign.difference': '0.2',
      'reign.differenceLow': '0.1',
      'reign.beat': String(judgement.champion),
    };
    expect((await getVersion(tracker, model, version))?.tags).toMatchObject(tags);
    const run = await getRun(tracker, (await versionOf(ledger.db, { cycle: cycle.id }))?.run.runId ?? '');
    expect(run).toMatchObject({ status: 'FINISHED', tags });
  });

  test('the end of a cycle: nothing for one that was never claimed, fenced by attempt, the alias before the tags', async () => {
    const { record } = recordActivities({ tracker, store: openStore('/nowhere'), ledger });
    const request = (week: number): RetrainRequest => ({ ...identity({ week }), trigger: 'demo' });
    const failed = { status: 'failed', summary: 'Failed.', failure } as const;
    await record(request(99), failed, { attempt: null, token: 'run-1' });
    expect(await cycleById(ledger.db, identity({ week: 99 }).id)).toBeUndefined();

    const { cycle } = await registered(14);
    await claim(actor(14), 'again');
    await expect(record(request(14), failed, { attempt: 1, token: 'run-1' })).rejects.toMatchObject(refused);
    // The plan failed after it had claimed, or before.
    await expect(record(request(14), failed, { attempt: null, token: 'run-1' })).rejects.toMatchObject(refused);
    await record(request(14), failed, { attempt: null, token: 'unknown' });
    expect(await cycleById(ledger.db, cycle.id)).toMatchObject({ status: 'running', attempt: 2 });
    await record(request(14), failed, { attempt: null, token: 'again' });
    expect(await cycleById(ledger.db, cycle.id)).toMatchObject({ status: 'failed', attempt: 2 });
  });

  test('what MLflow refuses at the end of a cycle is a warning, after the alias was set', async () => {
    const { cycle, version } = await registered(15);
    await crown(actor(15), await judge({ ...actor(15), version }));
    await recordOutcome(ledger.db, cycle.id, { status: 'promoted', summary: 'Better.' });
    const { runId } = (await versionOf(ledger.db, { cycle: cycle.id }))?.run ?? expect.unreachable();
    const passOn = globalThis.fetch;
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (address, init) => {
      // A person deletes the run between Reign's look at it and its tags.
      if (String(address).endsWith('/runs/log-batch')) {
        const body = JSON.stringify({ run_id: runId });
        const headers = { 'content-type': 'application/json' };
        await passOn(`${tracker.uri}/api/2.0/mlflow/runs/delete`, { method: 'POST', body, headers });
      }
      return await passOn(address, init);
    });
    await followLedger({ tracker, ledger }, cycle).finally(() => spy.mockRestore());
    await followLedger({ tracker, ledger }, cycle);
    expect(await getAlias(tracker, model, 'champion')).toBe(version);
    const warnings = (await eventsOf(ledger.db, cycle.id)).filter(({ kind }) => kind === 'warning');
    expect(warnings).toEqual([
      expect.objectContaining({ detail: { warning: expect.stringContaining('MLflow refuses') } }),
    ]);
  });

  test('what MLflow refused, or never answered, stays pending and is tried again until it holds', async () => {
    const { cycle, version } = await registered(16);
    await crown(actor(16), await judge({ ...actor(16), version }));
    await recordOutcome(ledger.db, cycle.id, { status: 'promoted', summary: 'Better.' });
    const parts = async () => (await pendingProjections(ledger.db)).map((one) => [one.part, one.tries]);
    await setVersionTags(tracker, model, version, { [cycleTag]: 'somebody else' });
    await followLedger({ tracker, ledger }, cycle);
    expect(await parts()).toEqual([['champion', 2]]);
    // Whoever waits for MLflow may be terminated: nobody's activity tries again then.
    const nobody = openTracker('http://127.0.0.1:9', {});
    await expect(followLedger({ tracker: nobody, ledger }, cycle)).rejects.toMatchObject({
      code: 'TrackerUnavailable',
    });
    await setVersionTags(tracker, model, version, { [cycleTag]: cycle.id });
    const log = pino({ enabled: false });
    await followPending({ tracker, ledger, log });
    expect(await parts()).toEqual([
      ['champion', 2],
      ['outcome', 1],
    ]);
    const later = () =>
      sql`update reign.pending_projections set tried_at = tried_at - interval '3 minutes'`.execute(ledger.db);
    await later();
    await followPending({ tracker: nobody, ledger, log });
    expect(await parts()).toEqual([
      ['champion', 3],
      ['outcome', 2],
    ]);
    await later();
    await later();
    await followPending({ tracker, ledger, log });
    expect(await parts()).toEqual([]);
    expect(await getAlias(tracker, model, 'champion')).toBe(version);
    expect((await getVersion(tracker, model, version))?.tags['reign.status']).toBe('promoted');
  });

  test('a registry that was reset: no alias on another model, and a number of another cycle is one clear error', async () => {
    const { cycle, version } = await registered(17);
    await crown(actor(17), await judge({ ...actor(17), version }));
    await setVersionTags(tracker, model, version, { [cycleTag]: 'another' });
    await deleteAlias(tracker, model, 'champion');
    await expect(projectChampion(tracker, ledger.db, model)).rejects.toMatchObject({
      code: 'TrackerRefused',
      message: expect.stringContaining('registry was reset or replaced'),
    });
    await deleteVersion(tracker, model, version);
    await followLedger({ tracker, ledger }, cycle);
    expect(await getAlias(tracker, model, 'champion')).toBeUndefined();
    const [warning] = await eventsOf(ledger.db, cycle.id);
    expect(warning).toMatchObject({
      kind: 'warning',
      detail: { warning: expect.stringContaining('does not have it') },
    });

    await request(tracker, {
      method: 'DELETE',
      path: 'registered-models/delete',
      body: { name: model },
      answer: nothing,
    });
    await expect(registered(18)).rejects.toMatchObject({
      ...refused,
      message: expect.stringMatching(/^MLflow gave the new version of flight-delay the number 1/),
    });
  });
});
