import { Command } from 'commander';
import { modelsOperation } from '../../operations/models.ts';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import { day } from '../../report/day.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { changesInBrief } from '../render/history.ts';
import { renderTable } from '../render/table.ts';
import { dateOf, formatTime } from '../render/times.ts';
import { renderWarnings } from '../render/warnings.ts';
import type { Session } from '../session.ts';

type Model = AnswerOf<typeof modelsOperation>['models'][number];

export const modelsCommand = (session: Session, tell: Tell) =>
  new Command('models')
    .description(modelsOperation.description)
    .addOption(lineageOption())
    .option('--deleted', 'also list deleted models')
    .action(async ({ lineage, deleted }: { lineage: string; deleted?: boolean }) => {
      const answer = await perform(modelsOperation, session.context, { lineage, deleted });
      const { models } = answer;
      const rows = models.map(rowOf);
      const said = models.flatMap(({ model, warnings, warnedBy, held }) => [
        ...(warnedBy === null ? [] : [`${model}, ${warnedInBrief(warnings, warnedBy)}`]),
        ...(held === null ? [] : [`${model}: ${heldInBrief(model, held)}`]),
      ]);
      tell({
        document: answer,
        text: ({ paint, width }) =>
          models.length === 0
            ? 'No model yet. Apply a definition: reign apply FILE'
            : [renderTable(columns, rows, paint), renderWarnings(said, paint, width)]
                .filter((part) => part !== '')
                .join('\n\n'),
      });
    });

const columns = [
  ...['model', 'definition', 'champion', 'since', 'last verdict', 'next', 'waits for a person'],
  ...['by persons', 'retired', 'deleted'],
].map((title) => ({ title }));

const rowOf = ({ model, definitionVersion, appliedAt, champion, lastVerdict, ...rest }: Model): string[] => [
  model,
  `version ${definitionVersion}, ${dateOf(appliedAt)}`,
  champion === null
    ? 'none yet'
    : `${champion.version === null ? '' : `v${champion.version}, `}asOf ${day(champion.asOf)}`,
  champion === null ? '' : dateOf(champion.since),
  lastVerdict === null ? '' : `${lastVerdict.verdict}, ${dateOf(lastVerdict.at)}`,
  rest.paused ? 'paused' : rest.next === null ? '' : formatTime(rest.next),
  rest.waitsForPerson.join(', '),
  changesInBrief(rest),
  endedInBrief(rest.retirement),
  endedInBrief(rest.deletion),
];

const endedInBrief = (ended: Model['retirement'] | Model['deletion']): string =>
  ended === null ? '' : `${dateOf(ended.at)}, by ${ended.by}: ${ended.reason}`;

/** Why the next winner waits for a person, and what ends that. */
function heldInBrief(
  model: string,
  { epoch, since, by, reason }: { [key in 'since' | 'by' | 'reason']: string } & { epoch: number },
): string {
  const rollback = `promotions need a person since the rollback of ${formatTime(since)} by ${by} (epoch ${epoch}: ${reason})`;
  return `${rollback}. To end this: reign resume-promotions ${model} --reason TEXT`;
}

/** The first warning of a model's last cycle, and where the others are shown. */
function warnedInBrief(warnings: readonly string[], cycle: string): string {
  const more = warnings.length === 1 ? '' : ` (and ${warnings.length - 1} more)`;
  return `last cycle: ${warnings[0]}${more}. See reign show ${cycle}`;
}
