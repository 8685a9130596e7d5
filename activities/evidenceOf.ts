import { Evidence } from '../schemas/evidence.ts';
import type { Store } from '../store/openStore.ts';

/** An evidence document, its hash checked and parsed. */
export async function evidenceOf(store: Store, hash: string): Promise<Evidence> {
  return Evidence.parse(JSON.parse((await store.readDocument('evidence', hash)).toString('utf8')));
}
