import type { ReadDefinition } from '../definition/readDefinition.ts';
import type { Store } from '../store/openStore.ts';
import { type CodePack, packCode } from '../store/packCode.ts';

/** Packs the code of a definition into the store; null for a declarative pipeline, which has none. */
export async function packDefinition(store: Store, read: ReadDefinition): Promise<CodePack | null> {
  const { pipeline } = read.definition;
  if (!('entrypoint' in pipeline)) return null;
  const pack = await packCode(read.folder, pipeline.entrypoint, read.where(['pipeline', 'entrypoint']));
  await store.writeDocument('code', pack.content);
  return pack;
}
