import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { readDefinition } from '../definition/readDefinition.ts';
import type { DefinitionContent } from '../operations/definitionContent.ts';
import { readCode } from '../store/packCode.ts';

/**
 * Reads a definition and the code around it from this machine's disk, as operations take them.
 *
 * @throws ReignError DefinitionInvalid: a file that is wrong needs no server to say so
 */
export async function readDefinitionFolder(path: string): Promise<z.input<typeof DefinitionContent>> {
  const { definition, text, where } = await readDefinition(path);
  const code =
    'entrypoint' in definition.pipeline
      ? await readCode(dirname(resolve(path)), where(['pipeline', 'entrypoint']))
      : null;
  return { name: path, yaml: text, code };
}
