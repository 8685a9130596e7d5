import { type AppliedVersion, storeDefinition } from '../ledger/definitions.ts';
import { withLease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/openLedger.ts';
import type { Actor } from '../schemas/actor.ts';
import type { Column } from '../schemas/columns.ts';
import type { Store } from '../store/openStore.ts';
import type { StoredContent } from './definitionContent.ts';

/** The lease of whoever names code in the ledger, or deletes it from the store. */
export const codeLease = (hash: string): string => `code ${hash}`;

/**
 * Stores what was checked as a version. Its code was put into the store before the check, and a deletion of another model, or
 * of this one, may have taken it away since: it is put there again before it is named.
 */
export async function storeApplied(
  { db }: Ledger,
  store: Store,
  { definition, pack }: Pick<StoredContent, 'definition' | 'pack'>,
  { columns, appliedBy }: { readonly columns: Column[]; readonly appliedBy: Actor },
): Promise<AppliedVersion> {
  const named = { definition, codeHash: pack?.hash ?? null, columns, appliedBy };
  if (pack === null) return await storeDefinition(db, named);
  return await withLease(db, codeLease(pack.hash), async (lease) => {
    do await store.writeDocument('code', pack.content);
    while (!(await lease.hold()));
    return await storeDefinition(db, named);
  });
}
