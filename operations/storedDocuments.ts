import type { z } from 'zod';
import { instantOf } from '../schemas/durations.ts';
import { ReignError } from '../schemas/errors.ts';
import { Evidence } from '../schemas/evidence.ts';
import { Observations } from '../schemas/observations.ts';
import { Manifest, RowIdsManifest } from '../schemas/snapshot.ts';
import type { Store } from '../store/openStore.ts';

/**
 * The stored evidence; null where this machine does not have it, or where an earlier release wrote it in another format. A
 * document that was changed is an error.
 */
export const readEvidence = (store: Store, hash: string): Promise<Evidence | null> =>
  readDocument(store, 'evidence', hash, Evidence);

/** The stored observations; null where this machine does not have them, or not in this release's format. */
export const readObservations = (store: Store, hash: string): Promise<Observations | null> =>
  readDocument(store, 'observations', hash, Observations);

/**
 * The first event of a training snapshot, also where its features are gone; null where this machine does not have it, or an
 * early manifest does not say.
 */
export async function readFirstEvent(store: Store, snapshot: string): Promise<string | null> {
  const manifest = await store.readManifest('snapshots', snapshot).catch(() => null);
  if (manifest !== null) return Manifest.safeParse(manifest).data?.events?.first ?? null;
  const ids = await store.readManifest('rowids', snapshot).catch(() => null);
  const [first] = RowIdsManifest.safeParse(ids).data?.events ?? [];
  return first === undefined ? null : instantOf(Math.floor(first / 1000));
}

async function readDocument<Document>(
  store: Store,
  kind: 'evidence' | 'observations',
  hash: string,
  shape: z.ZodType<Document>,
): Promise<Document | null> {
  try {
    const document: unknown = JSON.parse((await store.readDocument(kind, hash)).toString('utf8'));
    // Its hash is right: what does not parse is of another format.
    return shape.safeParse(document).data ?? null;
  } catch (error) {
    if (
      error instanceof ReignError &&
      (error.code === 'StoreUnavailable' || error.situation === 'missing' || isMissing(error))
    )
      return null;
    throw error;
  }
}

/** The command line may run on a machine without the store: to it every document is missing. */
const isMissing = ({ cause }: ReignError) => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
