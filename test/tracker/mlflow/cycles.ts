import { afterAll, beforeAll } from 'vitest';
import { openRun } from '../../../activities/tracking/openRun.ts';
import { registerVersion } from '../../../activities/tracking/registerVersion.ts';
import { nameSnapshots } from '../../../ledger/nameSnapshots.ts';
import { openLedger } from '../../../ledger/openLedger.ts';
import { nameFit } from '../../../ledger/versions.ts';
import { ensureExperiment } from '../../../tracker/experiments.ts';
import { searchLoggedModelsByTag } from '../../../tracker/loggedModels.ts';
import { searchVersionsByTag } from '../../../tracker/registry.ts';
import { searchRunsByTag } from '../../../tracker/runs.ts';
import { cycleTag } from '../../../tracker/tags.ts';
import { type Actor, apply, claim, fitResult, identity, model, snapshot } from '../../ledger/scene.ts';
import { type TestLedger, withLedger } from '../../ledger/withLedger.ts';

import { tracker } from './server.ts';

/** One ledger and one registered model: each test has a week of its own. */
export let ledger: TestLedger;
/** The same ledger, by connections of its own. */
export let other: ReturnType<typeof openLedger>;
beforeAll(async () => {
  ledger = await withLedger();
  other = openLedger(ledger.url);
  await apply(ledger.db);
});
afterAll(async () => {
  await other?.close();
  await ledger?.[Symbol.asyncDispose]();
});

export const actor = (week: number): Actor => ({ db: ledger.db, week });
export const made = async (id: string) => {
  const experiment = await ensureExperiment(tracker, model);
  return {
    runs: (await searchRunsByTag(tracker, experiment, cycleTag, id)).map(({ runId }) => runId),
    models: (await searchLoggedModelsByTag(tracker, experiment, cycleTag, id)).map(({ modelId }) => modelId),
    versions: (await searchVersionsByTag(tracker, model, cycleTag, id)).map(({ version }) => version),
  };
};
export const claimed = async (week: number, token?: string, content?: string) => {
  const { attempt } = (await claim(actor(week), token)).cycle;
  const cycle = { ...identity({ week }), attempt };
  await nameSnapshots(ledger.db, cycle, [
    snapshot(actor(week), 'train', content),
    snapshot(actor(week), 'holdout', content),
  ]);
  return cycle;
};
export const registered = async (week: number, token?: string, content?: string) => {
  const cycle = await claimed(week, token, content);
  const { modelId } = await openRun(tracker, ledger.db, cycle);
  await nameFit(ledger.db, cycle, { ...fitResult(cycle.id), modelUri: `models:/${modelId}` });
  return { cycle, version: await registerVersion(tracker, ledger.db, cycle) };
};

export const failure = { code: 'FitFailed', message: 'it raised', advice: 'mend it', step: 'fit', traceback: null };
export const refused = { code: 'LedgerConflict' };
