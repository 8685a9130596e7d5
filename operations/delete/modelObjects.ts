import { codeIsUsed } from '../../ledger/deletions.ts';
import { withLease } from '../../ledger/lease.ts';
import type { Ledger } from '../../ledger/openLedger.ts';
import { type NamedObjects, objectsNamed } from '../../ledger/storedObjects.ts';
import { ReignError } from '../../schemas/errors.ts';
import { predictionsIn } from '../../schemas/predictionsIn.ts';
import type { DocumentKind, RowsKind, Store } from '../../store/openStore.ts';
import { codeLease } from '../storeApplied.ts';

/** An object of the store that belongs to a model. */
export type ModelObject =
  | { readonly form: 'document'; readonly kind: DocumentKind; readonly hash: string }
  | { readonly form: 'rows'; readonly kind: RowsKind; readonly hash: string };

/**
 * What the store has of a model and of no other: two models may share rows, code and, where both fit the same pipeline on
 * the same rows, even predictions.
 */
export async function modelObjects({ db }: Ledger, store: Store, model: string): Promise<ModelObject[]> {
  const own = await objectsNamed(db, model, 'ofModel');
  const others = await objectsNamed(db, model, 'ofOthers');
  const alone = (kind: keyof NamedObjects) => own[kind].filter((hash) => !others[kind].includes(hash));
  const [documents, rows] = [documentsOf, rowsOf];
  return [
    ...documents('code', alone('code')),
    ...documents('tracebacks', alone('tracebacks')),
    ...documents('observations', alone('observations')),
    ...rows('snapshots', alone('snapshots')),
    ...rows('rowids', alone('snapshots')),
    ...rows('predictions', await ownPredictions(store, own.evidence, others.evidence)),
    // Last: these name the predictions, for whoever has to begin again.
    ...documents('evidence', alone('evidence')),
  ];
}

/**
 * Deletes an object. One that is not there is as good as deleted. Code that was applied meanwhile, for this model or another,
 * stays: `storeApplied` holds the same lease.
 */
export async function deleteObject({ db }: Ledger, store: Store, object: ModelObject): Promise<void> {
  const { kind, hash } = object;
  if (object.form === 'rows') return await store.deleteRows(object.kind, hash);
  if (kind !== 'code') return await store.deleteDocument(object.kind, hash);
  await withLease(db, codeLease(hash), async () => {
    if (!(await codeIsUsed(db, hash))) await store.deleteDocument('code', hash);
  });
}

const documentsOf = (kind: DocumentKind, hashes: readonly string[]) =>
  hashes.map((hash): ModelObject => ({ form: 'document', kind, hash }));
const rowsOf = (kind: RowsKind, hashes: readonly string[]) =>
  hashes.map((hash): ModelObject => ({ form: 'rows', kind, hash }));

/** Predictions that evidence of the model names, and evidence of no other model. */
async function ownPredictions(store: Store, own: readonly string[], others: readonly string[]): Promise<string[]> {
  const named = new Set<string>();
  for (const hash of own) for (const found of predictionsIn(await readEvidence(store, hash))) named.add(found);
  for (const hash of others) {
    if (named.size === 0) break;
    const text = JSON.stringify(await readEvidence(store, hash));
    for (const prediction of named) if (text.includes(prediction)) named.delete(prediction);
  }
  return [...named];
}

/** Null where the store has no such evidence any more. */
async function readEvidence(store: Store, hash: string): Promise<unknown> {
  try {
    return JSON.parse((await store.readDocument('evidence', hash)).toString('utf8'));
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt') return null;
    throw error;
  }
}
