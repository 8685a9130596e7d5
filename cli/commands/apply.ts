import { Command } from 'commander';
import { applyOperation } from '../../operations/apply.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { readDefinitionFolder } from '../readDefinitionFolder.ts';
import type { Paint } from '../render/style.ts';
import { formatTime } from '../render/times.ts';
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
  const { model, version, created, changes, leftBehind, columns, pipeline, clockChanges, schedule } = applied;
  const { retirement, missingClass } = applied;
  const name = paint('bold', model);
  const notes = leftBehind.map(
    (file) => `${paint('yellow', 'left behind')}  ${file}: data files above 10 MB do not travel`,
  );
  notes.push(...clockChanges.map((change) => `${paint('yellow', 'clock change')}  ${clockChange(change)}`));
  if (retirement !== null)
    notes.push(
      `brought back  it was retired by ${retirement.by} at ${formatTime(retirement.at)}: ${retirement.reason}`,
    );
  if (schedule === 'deleted') notes.push('schedule      deleted: no cycle starts by itself any more');
  else if (schedule === 'created' || schedule === 'updated')
    notes.push(`schedule      ${schedule}: see reign schedule ${model}`);
  if (missingClass !== null)
    notes.push(
      `${paint('yellow', 'no trainer')}    of the class ${missingClass} is listening, and fits wait for one: reign-trainer --class ${missingClass}`,
    );
  if (!created && changes.length === 0) return [`${name}: unchanged, version ${version} holds`, ...notes].join('\n');
  if (!created) {
    const changed = ['changed, without a new version:', ...changes.map((change) => `  ${change}`)];
    return [`${name}: version ${version} holds, with other settings`, ...changed, ...notes].join('\n');
  }
  const checked = `${columns.length} columns; pipeline ${pipeline.steps.join(' -> ')}`;
  const lines = [`${name}: version ${version} stored`, paint('dim', `  ${checked}`)];
  if (changes.length > 0) lines.push('changed:', ...changes.map((change) => `  ${change}`));
  else if (version === 1) lines.push(`Start its first cycle: reign retrain ${model} --as-of T --wait`);
  return [...lines, ...notes].join('\n');
}

/** `2027-03-28: no cycle at 02:30, which the clocks skip` */
function clockChange({ date, kind, times }: AnswerOf<typeof applyOperation>['clockChanges'][number]): string {
  const [first] = times;
  const when = times.length === 1 ? `at ${first}` : `at ${times.length} times from ${first} to ${times.at(-1)}`;
  return kind === 'skipped'
    ? `${date}: no cycle ${when}, which the clocks skip`
    : `${date}: two cycles ${when}, which the clocks repeat`;
}
