import { Command } from 'commander';
import { currentChampion } from '../../ledger/champions.ts';
import { models } from '../../ledger/definitions.ts';
import { latestWarnings, type WarnedCycle } from '../../ledger/warnings.ts';
import { day } from '../../report/day.ts';
import type { Tell } from '../answer.ts';
import { renderTable } from '../render/table.ts';
import { formatTime } from '../render/times.ts';
import { renderWarnings } from '../render/warnings.ts';
import type { Session } from '../session.ts';

export const modelsCommand = (session: Session, tell: Tell) =>
  new Command('models').description('list the models that have been applied').action(async () => {
    const { db } = session.ledger;
    const known = [];
    const warned = await latestWarnings(db);
    for (const { model, definitionVersion, appliedAt } of await models(db)) {
      const champion = await currentChampion(db, model, 'live');
      const reigning = champion === undefined ? null : { version: champion.version, asOf: champion.asOf };
      const warnings = warned.find((one) => one.model === model)?.warnings ?? [];
      known.push({ model, definitionVersion, appliedAt, champion: reigning, warnings });
    }
    const titles = ['model', 'definition', 'applied', 'champion'].map((title) => ({ title }));
    const rows = known.map(({ model, definitionVersion, appliedAt, champion }) => [
      model,
      `version ${definitionVersion}`,
      formatTime(appliedAt),
      champion === null ? 'none yet' : `v${champion.version}, asOf ${day(champion.asOf)}`,
    ]);
    const said = warned.map((cycle) => `${cycle.model}, ${summaryOf(cycle)}`);
    tell({
      document: { models: known },
      text: ({ paint, width }) =>
        known.length === 0
          ? 'No model yet. Apply a definition: reign apply FILE'
          : [renderTable(titles, rows, paint), renderWarnings(said, paint, width)]
              .filter((part) => part !== '')
              .join('\n\n'),
    });
  });

/** The first warning of a model's last cycle, and where the others are shown. */
export function summaryOf({ cycle, warnings }: WarnedCycle): string {
  const more = warnings.length === 1 ? '' : ` (and ${warnings.length - 1} more)`;
  return `last cycle: ${warnings[0]}${more}. See reign show ${cycle}`;
}
