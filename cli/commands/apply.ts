import { Command } from 'commander';
import { applyOperation } from '../../operations/apply.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { readDefinitionFolder } from '../readDefinitionFolder.ts';
import type { Paint } from '../render/style.ts';
import type { Session } from '../session.ts';

export const applyCommand = (session: Session, tell: Tell) =>
  new Command('apply')
    .description(applyOperation.description)
    .argument('<file>', 'the definition (YAML)')
    .action(async (file: string) => {
      const applied = await perform(applyOperation, session.context, await readDefinitionFolder(file));
      tell({ document: applied, text: ({ paint }) => textOf(applied, paint) });
    });

function textOf(applied: AnswerOf<typeof applyOperation>, paint: Paint): string {
  const { model, version, created, changes, leftBehind, columns, pipeline } = applied;
  const name = paint('bold', model);
  const left = leftBehind.map(
    (file) => `${paint('yellow', 'left behind')}  ${file}: data files above 10 MB do not travel`,
  );
  if (!created && changes.length === 0) return [`${name}: unchanged, version ${version} holds`, ...left].join('\n');
  if (!created) {
    const changed = ['changed, without a new version:', ...changes.map((change) => `  ${change}`)];
    return [`${name}: version ${version} holds, with other settings`, ...changed, ...left].join('\n');
  }
  const checked = `${columns.length} columns; pipeline ${pipeline.steps.join(' -> ')}`;
  const lines = [`${name}: version ${version} stored`, paint('dim', `  ${checked}`)];
  if (changes.length > 0) lines.push('changed:', ...changes.map((change) => `  ${change}`));
  else if (version === 1) lines.push(`Start its first cycle: reign retrain ${model} --as-of T --wait`);
  return [...lines, ...left].join('\n');
}
