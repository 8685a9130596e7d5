import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseDefinition } from '../../definition/readDefinition.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { definitionOf, pipeline } from '../firstModel.ts';
import type { Session } from '../session.ts';

export const initCommand = (_session: Session, tell: Tell) =>
  new Command('init')
    .description('write a definition and a pipeline to begin with, in models/MODEL')
    .argument('<model>', 'what to call it, such as loans')
    .action(async (model: string) => {
      const folder = join('models', model);
      const definition = join(folder, `${model}.yaml`);
      const files = { [definition]: definitionOf(model), [join(folder, 'pipeline.py')]: pipeline };
      // A name that no model can have makes no folder.
      parseDefinition(definition, definitionOf(model));
      await mkdir(folder, { recursive: true });
      for (const [file, text] of Object.entries(files)) await writeNew(file, text);
      const names = Object.keys(files);
      tell({
        document: { model, files: names },
        text: () =>
          `Wrote ${names.join(' and ')}.\nName your table and its columns there, then: reign try ${definition} --as-of T`,
      });
    });

/** What a person has written is never written over. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw errorOf('UsageInvalid', 'fileExists', { file }, { cause: error });
    throw error;
  }
}
