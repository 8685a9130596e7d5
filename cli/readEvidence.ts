import { ReignError } from '../schemas/errors.ts';
import { Evidence } from '../schemas/evidence.ts';
import type { Store } from '../store/openStore.ts';

/** The stored evidence; null where this machine does not reach the store. A document that was changed is an error. */
export async function readEvidence(store: Store, hash: string): Promise<Evidence | null> {
  try {
    return Evidence.parse(JSON.parse((await store.readDocument('evidence', hash)).toString('utf8')));
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreUnavailable') return null;
    throw error;
  }
}
