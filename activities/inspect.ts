import { inspect } from '../gate/inspect.ts';
import { previousCycle, windowsOfCycle } from '../ledger/cycles.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { event } from '../ledger/events.ts';
import { nameSnapshots } from '../ledger/nameSnapshots.ts';
import { nameObservations } from '../ledger/observations.ts';
import type { Definition } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import { Manifest } from '../schemas/snapshot.ts';
import type { CycleAttempt, Snapshots, TryPlan } from '../schemas/steps.ts';
import type { Store } from '../store/openStore.ts';
import type { World } from './world.ts';

/**
 * A cycle that reads its rows so much later than its asOf (in milliseconds) is one for the past: without `knownAt` it
 * sees what was corrected since.
 */
const past = 24 * 60 * 60 * 1000;

export const inspectActivities = ({ ledger: { db }, store }: World) => ({
  /**
   * Names the snapshots in the ledger and looks at them: schema, rows, classes, nulls, against the last cycle.
   *
   * @param alone whether the last cycle may not have ended yet, so that they are looked at without it
   */
  async inspect(cycle: CycleAttempt, snapshots: Snapshots, alone = false): Promise<void> {
    const stored = await definitionVersion(db, cycle.model, cycle.definitionVersion);
    if (stored === undefined)
      throw errorOf('LedgerConflict', 'definitionLost', { version: cycle.definitionVersion, model: cycle.model });
    const now = await manifestsOf(store, snapshots.train.contentHash, snapshots.holdout.contentHash);
    const windows = await windowsOfCycle(db, cycle.id);
    await nameSnapshots(db, cycle, [
      { ...snapshots.train, window: windows.train },
      { ...snapshots.holdout, window: windows.holdout },
    ]);
    const previous = alone ? undefined : await previousCycle(db, cycle.model, cycle.lineage, cycle.asOf);
    const { train, holdout } = previous?.cycle.snapshots ?? { train: null, holdout: null };
    const last = train === null || holdout === null ? null : await manifestsOf(store, train, holdout).catch(() => null);
    if (stored.definition.source.knownAt === undefined && Date.now() - Date.parse(cycle.asOf) > past) {
      const detail = { asOf: cycle.asOf, readAt: new Date().toISOString() };
      await event(db, { model: cycle.model, cycle: cycle.id, kind: 'labels-as-known-today', detail, key: 'labels' });
    }
    const warnings = inspect(stored.definition, windows, now, last);
    if (previous !== undefined && last === null)
      warnings.push('the snapshots of the last cycle are no longer in the store: nothing was compared with them');
    for (const warning of warnings) {
      await event(db, { model: cycle.model, cycle: cycle.id, kind: 'warning', detail: { warning }, key: warning });
    }
  },

  /** Names the document of observations in the ledger, for the cycles to come. */
  async nameObservations(cycle: CycleAttempt, document: string): Promise<void> {
    await nameObservations(db, cycle, document);
  },

  /** The same for a try: warnings only, nothing is stored. */
  async inspectTry(definition: Definition, snapshots: Snapshots, windows: TryPlan['windows']): Promise<string[]> {
    return inspect(
      definition,
      windows,
      await manifestsOf(store, snapshots.train.contentHash, snapshots.holdout.contentHash),
      null,
    );
  },
});

async function manifestsOf(
  store: Store,
  train: string,
  holdout: string,
): Promise<{ train: Manifest; holdout: Manifest }> {
  const read = async (hash: string) => Manifest.parse(await store.readManifest('snapshots', hash));
  return { train: await read(train), holdout: await read(holdout) };
}
