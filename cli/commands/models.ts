import { Command } from 'commander';
import { currentChampion } from '../../ledger/champions.ts';
import { models } from '../../ledger/definitions.ts';
import type { Tell } from '../answer.ts';
import { renderTable } from '../render/table.ts';
import { formatAsOf, formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

export const modelsCommand = (session: Session, tell: Tell) =>
  new Command('models').description('list the models that have been applied').action(async () => {
    const { db } = session.ledger;
    const known = [];
    for (const { model, definitionVersion, appliedAt } of await models(db)) {
      const champion = await currentChampion(db, model, 'live');
      const reigning = champion === undefined ? null : { version: champion.version, asOf: champion.asOf };
      known.push({ model, definitionVersion, appliedAt, champion: reigning });
    }
    const titles = ['model', 'definition', 'applied', 'champion'].map((title) => ({ title }));
    const rows = known.map(({ model, definitionVersion, appliedAt, champion }) => [
      model,
      `version ${definitionVersion}`,
      formatTime(appliedAt),
      champion === null ? 'none yet' : `v${champion.version}, asOf ${formatAsOf(champion.asOf)}`,
    ]);
    tell({
      document: { models: known },
      text: ({ paint }) =>
        known.length === 0 ? 'No model yet. Apply a definition: reign apply FILE' : renderTable(titles, rows, paint),
    });
  });
