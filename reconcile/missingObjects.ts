import { tell } from '../report/messages.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import type { StoreFolder } from '../store/openStore.ts';
import { recorded } from './discrepancy.ts';
import { storeReferences } from './storeReferences.ts';
import type { StoreWorld } from './world.ts';

/**
 * What verifying needs and the store no longer has. Snapshots and row ids are not looked for: a person may have deleted
 * them because somebody's data had to go.
 */
export async function findMissingObjects({
  ledger: { db },
  store,
  repair,
  evidenceRead,
}: StoreWorld): Promise<Discrepancy[]> {
  const { named, predictions } = await storeReferences(db, store, evidenceRead);
  const needed = [
    ...named.filter(({ kind }) => kind === 'code' || kind === 'evidence' || kind === 'observations'),
    ...predictions.map((one) => ({ ...one, kind: 'predictions' as const })),
  ];
  const there = new Map<StoreFolder, ReadonlySet<string>>();
  const found: Discrepancy[] = [];
  const said = new Set<string>();
  for (const { kind, hash, model } of needed) {
    const names = there.get(kind) ?? new Set((await store.list(kind)).map(({ name }) => name));
    there.set(kind, names);
    const object = `${kind}/${hash}`;
    if (names.has(hash) || said.has(`${model} ${object}`)) continue;
    said.add(`${model} ${object}`);
    const message = tell('reconcile.object-missing', { object });
    const advice = `Restore ${object} in the store. Without it, reign verify cannot recompute everything.`;
    const about = { kind: 'object-missing', part: 'store', model, message, advice } as const;
    found.push(await recorded(db, repair, about, object, { object }));
  }
  return found;
}
