import { of } from '../gate/say.ts';
import { unendedCycles } from '../ledger/cycles.ts';
import { installationId } from '../ledger/reconciliations.ts';
import { tell } from '../report/messages.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import { documentKinds, isStoredName, rowsKinds, type StoreFolder, workFolders } from '../store/openStore.ts';
import { discrepancy } from './discrepancy.ts';
import { type StoreReferences, storeReferences } from './storeReferences.ts';
import type { StoreWorld } from './world.ts';

/** Something in the store that nothing names. */
export interface OrphanObject {
  readonly folder: StoreFolder;
  readonly name: string;
  readonly modified: Date;
}

/** Unreferenced objects can be of use for so long: fits on their way to MLflow, payloads of finished workflows. */
export const usualRetention = 30 * 86_400_000;
/** An object that is stored again counts as new where it is older than this. */
const renewal = 86_400_000;

/** Whether it is still as old as it was: whoever stores it again needs it. */
export async function isStillOrphan(
  store: StoreWorld['store'],
  { folder, name, modified }: OrphanObject,
): Promise<boolean> {
  const about = await store.about(folder, name);
  const snapshot = folder === 'rowids' ? await store.about('snapshots', name) : undefined;
  return about !== undefined && later(about.modified, snapshot?.modified) <= modified;
}

/** Says how much there is that nothing names, and that `reign gc` would remove by now. */
export async function findOrphanObjects(world: StoreWorld): Promise<Discrepancy[]> {
  const { store, repair, ledger } = world;
  const { orphans, holdsNamed } = await orphanObjects(world, new Date(Date.now() - usualRetention));
  const installation = await installationId(ledger.db);
  const marks = await store.installations();
  if (repair !== null && holdsNamed && !marks.includes(installation)) await store.markInstallation(installation);
  // What nothing here names may be what another installation needs.
  if (orphans.length === 0 || !holdsNamed || marks.some((id) => id !== installation)) return [];
  const message =
    orphans.length === 1
      ? tell('reconcile.orphan-object')
      : tell('reconcile.orphan-objects', { objects: of(orphans.length, 'count') });
  return [discrepancy({ kind: 'orphans', part: 'store', message, advice: 'To remove them: reign gc' }, 'found')];
}

/** What gc may find in a store. */
export interface FoundOrphans {
  readonly orphans: readonly OrphanObject[];
  /** Paths of what Reign did not write, and leaves alone. */
  readonly strays: readonly string[];
  /** Whether something that the ledger names is really there: else it may be another ledger's store. */
  readonly holdsNamed: boolean;
}

/**
 * What nothing names and nobody can still be about to name: it was last stored before `olderThan`, and a day before the
 * oldest cycle began that has not ended.
 */
export async function orphanObjects(
  { ledger: { db }, store, evidenceRead }: Pick<StoreWorld, 'ledger' | 'store' | 'evidenceRead'>,
  olderThan: Date,
): Promise<FoundOrphans> {
  // First what is there, then what is needed: what is named in between was there before.
  const listed = new Map<StoreFolder, Awaited<ReturnType<StoreWorld['store']['list']>>>();
  for (const folder of [...documentKinds, ...rowsKinds, ...workFolders]) listed.set(folder, await store.list(folder));
  const before = await untouchedSince(db, olderThan);
  const references = await storeReferences(db, store, evidenceRead);
  // Row ids are stored once for a snapshot, and not again when it is.
  const snapshots = new Map(listed.get('snapshots')?.map(({ name, modified }) => [name, modified]));
  const there = (folder: StoreFolder) => new Set(listed.get(folder)?.map(({ name }) => name));
  const named = Map.groupBy(references.named, ({ kind }) => kind);
  const holdsNamed = [...named].some(([kind, all]) => {
    const names = there(kind);
    return all.some(({ hash }) => names.has(hash));
  });
  const strays = [...listed].flatMap(([folder, all]) =>
    all.filter(({ name }) => !isStoredName(folder, name)).map(({ name }) => `${folder}/${name}`),
  );
  const orphans = [...listed].flatMap(([folder, all]) =>
    all
      .filter(({ name }) => isStoredName(folder, name) && !isNeeded(references, folder, name))
      .map(
        ({ name, modified }): OrphanObject => ({
          folder,
          name,
          modified: later(modified, folder === 'rowids' ? snapshots.get(name) : undefined),
        }),
      )
      .filter(({ modified }) => modified < before),
  );
  return { orphans, strays, holdsNamed };
}

function isNeeded({ hashes, isPartial }: StoreReferences, folder: StoreFolder, name: string): boolean {
  return hashes.has(name) || (isPartial && folder === 'predictions');
}

const later = (one: Date, other: Date | undefined): Date => (other !== undefined && other > one ? other : one);

async function untouchedSince(db: StoreWorld['ledger']['db'], olderThan: Date): Promise<Date> {
  const [oldest] = await unendedCycles(db);
  const began = oldest === undefined ? olderThan : new Date(Date.parse(oldest.startedAt) - renewal);
  return began < olderThan ? began : olderThan;
}
