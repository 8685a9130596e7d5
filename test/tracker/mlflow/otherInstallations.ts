import { expect, test } from 'vitest';
import { claimCycle } from '../../../ledger/claimCycle.ts';
import { storeDefinition } from '../../../ledger/definitions.ts';
import { storeSeenAlias } from '../../../ledger/reconciliations.ts';
import { recordOutcome } from '../../../ledger/recordOutcome.ts';
import { gcOperation } from '../../../operations/gc.ts';
import { perform } from '../../../operations/operation.ts';
import { compareAliases } from '../../../reconcile/aliases.ts';
import { askingMlflow } from '../../../reconcile/askingMlflow.ts';
import { osUser } from '../../../schemas/actor.ts';
import { cycleId } from '../../../schemas/cycle.ts';
import { openStore } from '../../../store/openStore.ts';
import { ensureExperiment } from '../../../tracker/experiments.ts';
import { createLoggedModel, getLoggedModel } from '../../../tracker/loggedModels.ts';
import { createVersion, ensureRegisteredModel, getAlias, setAlias } from '../../../tracker/registry.ts';
import { nothing, request } from '../../../tracker/request.ts';
import { createRun, getRun } from '../../../tracker/runs.ts';
import { cycleTag, type Tags } from '../../../tracker/tags.ts';
import { definition, hashOf, windows } from '../../ledger/scene.ts';
import { type TestLedger, withLedger } from '../../ledger/withLedger.ts';

import { failure } from './cycles.ts';
import { tracker } from './server.ts';

const actor = osUser('ada');

const applied = ({ db }: TestLedger, name: string) =>
  storeDefinition(db, {
    definition: { ...definition(), model: name },
    codeHash: hashOf('code'),
    columns: [],
    appliedBy: actor,
  });

/** A run with its logged model. */
async function ran(name: string, tags: Tags) {
  const experimentId = await ensureExperiment(tracker, name);
  const { runId } = await createRun(tracker, experimentId, 'made', tags);
  const { modelId } = await createLoggedModel(tracker, { experimentId, name, runId, tags });
  return { runId, modelId };
}

test('an alias that Reign did not set stays where nobody reigns, and is recorded once; its own is taken away', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const name = 'alias-of-others';
  await applied(ledger, name);
  await ensureRegisteredModel(tracker, name);
  const tags = {
    [cycleTag]: cycleId({ model: name, lineage: 'live', asOf: '2001-02-12T00:00:00Z', definitionVersion: 1 }),
  };
  const { version } = await createVersion(tracker, { name, ...(await ran(name, tags)), tags });
  await setAlias(tracker, name, 'champion', version);
  const compared = async (repair: typeof actor | null) => {
    const world = { ledger: { db, close: async () => {} }, repair, grace: 0, ...askingMlflow(tracker) };
    return (await compareAliases(world)).map(({ kind, outcome }) => `${kind} ${outcome}`);
  };
  expect(await compared(null)).toEqual(['alias-unknown found']);
  expect(await compared(actor)).toEqual(['alias-unknown recorded']);
  expect(await compared(actor)).toEqual(['alias-unknown known']);
  expect(await getAlias(tracker, name, 'champion')).toBe(version);
  const events = await db.selectFrom('events').select(['kind', 'detail']).where('model', '=', name).execute();
  expect(events.filter(({ kind }) => kind.startsWith('alias'))).toEqual([
    { kind: 'alias-unknown', detail: { version } },
  ]);

  await storeSeenAlias(db, name, version);
  expect(await compared(actor)).toEqual(['alias-behind repaired']);
  expect(await getAlias(tracker, name, 'champion')).toBeUndefined();
});

test('gc leaves runs of a cycle that goes on, of cycles that the ledger does not have, and of registered versions', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  const name = 'runs-of-others';
  await applied(ledger, name);
  const key = { model: name, lineage: 'live', asOf: '2001-02-12T00:00:00Z', definitionVersion: 1 };
  const id = cycleId(key);
  await claimCycle(db, { ...key, id, trigger: 'manual', windows: windows(0), attemptToken: 'run-1' });
  const own = { [cycleTag]: id };
  const left = await ran(name, own);
  const ofOthers = await ran(name, { [cycleTag]: cycleId({ ...key, asOf: '2001-03-12T00:00:00Z' }) });
  const [registered, elsewhere, byModel] = [await ran(name, own), await ran(name, own), await ran(name, own)];
  for (const one of [name, `${name}-copy`]) await ensureRegisteredModel(tracker, one);
  await createVersion(tracker, { name, ...registered, tags: {} });
  await createVersion(tracker, { name: `${name}-copy`, ...elsewhere, tags: {} });
  // As MLflow's client registers a logged model: without its run.
  const body = { name, source: `models:/${byModel.modelId}`, model_id: byModel.modelId };
  await request(tracker, { method: 'POST', path: 'model-versions/create', body, answer: nothing });

  const inDays = (days: number) => () => new Date(Date.now() + days * 86_400_000);
  const gc = () => {
    const parts = { ledger: { db, close: async () => {} }, store: openStore('/nowhere'), tracker, actor };
    return perform(gcOperation, { ...parts, now: inDays(31), onEvent: () => {} }, {});
  };
  expect(await gc()).toMatchObject({ runs: 0, unchecked: [] });
  await recordOutcome(db, id, { status: 'failed', summary: 'Failed.', failure });
  expect(await gc()).toMatchObject({ runs: 1, unchecked: [] });
  expect((await getRun(tracker, left.runId))?.deleted).toBe(true);
  expect(await getLoggedModel(tracker, left.modelId)).toBeUndefined();
  for (const kept of [ofOthers, registered, elsewhere, byModel]) {
    expect((await getRun(tracker, kept.runId))?.deleted).toBe(false);
    expect(await getLoggedModel(tracker, kept.modelId)).toBeDefined();
  }
});
