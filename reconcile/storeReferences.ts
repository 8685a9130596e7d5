import type { Kysely } from 'kysely';
import type { Database } from '../ledger/database.ts';
import { everyNamedObject, type NamedObject } from '../ledger/storedObjects.ts';
import { ReignError } from '../schemas/errors.ts';
import { predictionsIn } from '../schemas/predictionsIn.ts';
import type { Store } from '../store/openStore.ts';

/** What a document of evidence names in the store; null where it is not there, or damaged. */
type NamedByEvidence = { readonly predictions: readonly string[]; readonly all: readonly string[] } | null;

/** What was read of evidence, by hash: it never changes, so it is read once. */
export type EvidenceRead = Map<string, NonNullable<NamedByEvidence>>;

/** What the ledger needs in the store: what it names, and what the evidence that it names needs. */
export interface StoreReferences {
  readonly named: readonly NamedObject[];
  readonly predictions: readonly { readonly hash: string; readonly model: string }[];
  /** Every hash that stands anywhere in them. */
  readonly hashes: ReadonlySet<string>;
  /** Whether some evidence could not be read, so that it is not known which predictions it names. */
  readonly isPartial: boolean;
}

const atOnce = 8;

/** Reads what the ledger, and the evidence that it names, refer to. */
export async function storeReferences(
  db: Kysely<Database>,
  store: Store,
  read: EvidenceRead,
): Promise<StoreReferences> {
  const named = await everyNamedObject(db);
  const evidence = named.filter(({ kind }) => kind === 'evidence');
  const predictions: { hash: string; model: string }[] = [];
  const hashes = new Set(named.map(({ hash }) => hash));
  let isPartial = false;
  for (let at = 0; at < evidence.length; at += atOnce) {
    const some = evidence.slice(at, at + atOnce);
    const found = await Promise.all(some.map(({ hash }) => namedBy(store, hash, read)));
    for (const [index, names] of found.entries()) {
      const model = some[index]?.model ?? '';
      if (names === null) isPartial = true;
      for (const hash of names?.predictions ?? []) predictions.push({ hash, model });
      for (const hash of names?.all ?? []) hashes.add(hash);
    }
  }
  return { named, predictions, hashes, isPartial };
}

async function namedBy(store: Store, evidence: string, read: EvidenceRead): Promise<NamedByEvidence> {
  const known = read.get(evidence);
  if (known !== undefined) return known;
  try {
    const text = (await store.readDocument('evidence', evidence)).toString('utf8');
    const names = { predictions: [...predictionsIn(JSON.parse(text))], all: text.match(/\b[0-9a-f]{64}\b/g) ?? [] };
    read.set(evidence, names);
    return names;
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof ReignError && error.code === 'StoreCorrupt')) return null;
    throw error;
  }
}
