import { withLease } from '../ledger/lease.ts';
import { installationId } from '../ledger/reconciliations.ts';
import { type ExpiredSnapshot, expiredSnapshots, type Freed, removeExpired } from '../ledger/retention.ts';
import type { Actor } from '../schemas/actor.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { Store } from '../store/openStore.ts';
import type { StoreWorld } from './world.ts';

/** Features that went, or that would. */
export interface RemovedFeatures extends Pick<ExpiredSnapshot, 'hash' | 'rows' | 'uses'> {
  readonly bytes: number;
}

/** Who removes what has expired. */
export interface Remover {
  readonly now: Date;
  /** With the request by which they do; null for the model's own schedule. */
  readonly asked: { readonly actor: Actor; readonly request: number } | null;
  /** Only says what would go. */
  readonly dryRun?: boolean;
  readonly onRemoved?: (removed: RemovedFeatures) => void;
}

/** Somebody may be about to name what was stored since: documents and rows that are stored again count as new after a day. */
const grace = 2 * 86_400_000;

/**
 * Removes the features that no retention lets stay any longer. Row ids and predictions stay, so whatever was judged can be
 * judged again. What an earlier call has removed and could not write down, this one does.
 *
 * @returns the snapshots that stay until their row ids are stored apart: earlier releases did not do that
 * @throws ReignError StoreShared where another installation may need what is in the store
 */
export async function removeExpiredFeatures(
  { ledger: { db }, store }: Pick<StoreWorld, 'ledger' | 'store'>,
  { now, asked, dryRun = false, onRemoved = () => {} }: Remover,
): Promise<string[]> {
  const expired = await expiredSnapshots(db, now);
  if (expired.length === 0) return [];
  await refuseShared(store, await installationId(db));
  const stored = new Map((await store.list('snapshots')).map(({ name, modified }) => [name, modified]));
  const isOld = (hash: string) => (stored.get(hash)?.getTime() ?? 0) < now.getTime() - grace;
  const due = expired.filter(({ hash, recorded }) => (stored.has(hash) ? isOld(hash) : !recorded));
  const withoutRowIds: string[] = [];
  const remove = async (snapshot: ExpiredSnapshot): Promise<void> => {
    const { hash, rows, uses } = snapshot;
    if (stored.has(hash) && !(await hasRowIds(store, hash))) {
      withoutRowIds.push(hash);
      return;
    }
    const take = async (): Promise<Freed> => {
      const about = await store.about('snapshots', hash);
      if (about === undefined) return null;
      if (about.modified.getTime() >= now.getTime() - grace) return 'stays';
      if (!dryRun) await store.deleteRows('snapshots', hash);
      return about.bytes;
    };
    const actorOf = (model: string) => asked ?? { actor: ownSchedule(model), request: null };
    const freed = dryRun ? await take() : await removeExpired(db, snapshot, now, actorOf, take);
    if (typeof freed === 'number') onRemoved({ hash, rows, uses, bytes: freed });
  };
  const removeAll = async (hold: () => Promise<unknown>) => {
    for (const snapshot of due) {
      await hold();
      await remove(snapshot);
    }
  };
  if (dryRun) await removeAll(async () => {});
  else if (due.length > 0) await withLease(db, 'retention', ({ hold }) => removeAll(hold), { seconds: 120 });
  return withoutRowIds;
}

const ownSchedule = (name: string): Actor => ({ kind: 'schedule', name, authentication: 'internal' });

/** Whether the row ids are there, and whole: nothing else tells which rows a version has seen. */
async function hasRowIds(store: Store, hash: string): Promise<boolean> {
  try {
    await store.checkRows('rowids', hash);
    return true;
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt') return false;
    throw error;
  }
}

/** @throws ReignError StoreShared */
export async function refuseShared(store: Store, installation: string): Promise<void> {
  const marks = await store.installations();
  const other = marks.find((id) => id !== installation);
  if (other !== undefined) throw errorOf('StoreShared', 'otherMark', { other });
  if (!marks.includes(installation)) throw errorOf('StoreShared', 'noMark', { installation });
}
