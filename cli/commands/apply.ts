import { userInfo } from 'node:os';
import { Command } from 'commander';
import { readDefinition } from '../../definition/readDefinition.ts';
import type { Tell } from '../answer.ts';
import { type AppliedDefinition, applyDefinition } from '../applyDefinition.ts';
import type { Paint } from '../render/style.ts';
import type { Session } from '../session.ts';

export const applyCommand = (session: Session, tell: Tell) =>
  new Command('apply')
    .description('check a definition, and store it as a new version if something changed')
    .argument('<file>', 'the definition (YAML)')
    .action(async (file: string) => {
      // A file that is wrong is told without a stack.
      await readDefinition(file);
      const { ledger, store, surroundings, progress } = session;
      const client = await session.client();
      const applied = await applyDefinition({ client, ledger, store, appliedBy: userInfo().username }, file, {
        onStanding: ({ step, detail, waits, beside }) => progress.at(step, detail, waits, beside),
        signal: surroundings.interrupted,
      });
      tell({ document: documentOf(applied), text: ({ paint }) => textOf(applied, paint) });
    });

const documentOf = ({ model, version, created, changes, leftBehind, columns, pipeline }: AppliedDefinition) => ({
  model,
  version,
  created,
  changes,
  leftBehind,
  columns,
  pipeline,
});

function textOf(applied: AppliedDefinition, paint: Paint): string {
  const { model, version, created, changes, leftBehind, columns, pipeline } = applied;
  const name = paint('bold', model);
  const left = leftBehind.map(
    (file) => `${paint('yellow', 'left behind')}  ${file}: data files above 10 MB do not travel`,
  );
  if (!created) return [`${name}: unchanged, version ${version} holds`, ...left].join('\n');
  const checked = `${columns.length} columns; pipeline ${pipeline.steps.join(' -> ')}`;
  const lines = [`${name}: version ${version} stored`, paint('dim', `  ${checked}`)];
  if (changes.length > 0) lines.push('changed:', ...changes.map((change) => `  ${change}`));
  else if (version === 1) lines.push(`Start its first cycle: reign retrain ${model} --as-of T --wait`);
  return [...lines, ...left].join('\n');
}
