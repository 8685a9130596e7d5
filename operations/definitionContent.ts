import { z } from 'zod';
import { largestDefinition, parseDefinition, type ReadDefinition } from '../definition/readDefinition.ts';
import type { Store } from '../store/openStore.ts';
import { type CodePack, packCode } from '../store/packCode.ts';

/** The name of a file below the definition's folder, with slashes. */
const FileName = z
  .string()
  .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\\\0]+$/, "expected a path below the definition's folder");

/** A definition as it is sent: its text, and the files of its folder. */
export const DefinitionContent = z.strictObject({
  /** What messages call the file: `models/loans/loans.yaml`. */
  name: z.string().min(1),
  yaml: z.string().max(largestDefinition),
  /** The files around it that its pipeline needs; null for a declarative pipeline. */
  code: z
    .strictObject({
      /** UTF-8, by their names relative to the folder: `pipeline.py`. */
      texts: z.record(FileName, z.string()),
      /** Others, in base64. */
      binaries: z.record(FileName, z.base64()).default({}),
      /** Files that were too large to send. */
      leftBehind: z.array(z.string()).readonly().default([]),
    })
    .nullable(),
});
export type DefinitionContent = z.infer<typeof DefinitionContent>;

/** A definition that was sent, with its code in the store. */
export interface StoredContent extends ReadDefinition {
  /** Null for a declarative pipeline, which has no code. */
  readonly pack: CodePack | null;
}

/**
 * Reads what was sent and puts its code into the store.
 *
 * @throws ReignError DefinitionInvalid
 */
export async function storeContent(store: Store, { name, yaml, code }: DefinitionContent): Promise<StoredContent> {
  const read = parseDefinition(name, yaml);
  const { pipeline } = read.definition;
  if (!('entrypoint' in pipeline)) return { ...read, pack: null };
  const where = read.where(['pipeline', 'entrypoint']);
  const pack = packCode(code ?? { texts: {}, binaries: {} }, pipeline.entrypoint, where);
  await store.writeDocument('code', pack.content);
  return { ...read, pack };
}
