import { Command } from 'commander';
import { modelsOperation } from '../../operations/models.ts';
import { perform } from '../../operations/operation.ts';
import { day } from '../../report/day.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { changesInBrief } from '../render/history.ts';
import { renderTable } from '../render/table.ts';
import { formatTime } from '../render/times.ts';
import { renderWarnings } from '../render/warnings.ts';
import type { Session } from '../session.ts';

export const modelsCommand = (session: Session, tell: Tell) =>
  new Command('models')
    .description(modelsOperation.description)
    .addOption(lineageOption())
    .option('--deleted', 'also list deleted models')
    .action(async ({ lineage, deleted }: { lineage: string; deleted?: boolean }) => {
      const answer = await perform(modelsOperation, session.context, { lineage, deleted });
      const { models } = answer;
      const titles = ['model', 'definition', 'applied', 'champion', 'by persons', 'deleted'].map((title) => ({
        title,
      }));
      const rows = models.map(({ model, definitionVersion, appliedAt, champion, deletion, ...changes }) => [
        model,
        `version ${definitionVersion}`,
        formatTime(appliedAt),
        champion === null ? 'none yet' : `v${champion.version}, asOf ${day(champion.asOf)}`,
        changesInBrief(changes),
        deletion === null ? '' : `${formatTime(deletion.at)}, by ${deletion.by}: ${deletion.reason}`,
      ]);
      const said = models.flatMap(({ model, warnings, warnedBy, held }) => [
        ...(warnedBy === null ? [] : [`${model}, ${warnedInBrief(warnings, warnedBy)}`]),
        ...(held === null ? [] : [`${model}: ${heldInBrief(model, held)}`]),
      ]);
      tell({
        document: answer,
        text: ({ paint, width }) =>
          models.length === 0
            ? 'No model yet. Apply a definition: reign apply FILE'
            : [renderTable(titles, rows, paint), renderWarnings(said, paint, width)]
                .filter((part) => part !== '')
                .join('\n\n'),
      });
    });

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
