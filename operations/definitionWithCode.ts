import type { DefinitionWithCode } from '../definition/describeChanges.ts';
import type { StoredDefinition } from '../ledger/definitions.ts';
import type { Store } from '../store/openStore.ts';
import { unpackCode } from '../store/packCode.ts';

/** A stored definition with the files of its code, where the store is reachable. */
export async function definitionWithCode(
  store: Store,
  { definition, codeHash, columns }: StoredDefinition,
): Promise<DefinitionWithCode> {
  if (codeHash === null) return { definition, columns, code: null };
  const content = await store.readDocument('code', codeHash).catch(() => undefined);
  return { definition, columns, code: { hash: codeHash, files: content === undefined ? null : unpackCode(content) } };
}
