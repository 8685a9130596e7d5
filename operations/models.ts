import { z } from 'zod';
import { currentChampion } from '../ledger/champions.ts';
import { models } from '../ledger/definitions.ts';
import { latestWarnings } from '../ledger/warnings.ts';
import { AskedLineage } from '../schemas/lineage.ts';
import { Instant } from '../schemas/primitives.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';

export const modelsOperation = operation({
  name: 'models',
  description: 'list the models that have been applied',
  request: z.strictObject({ lineage: AskedLineage }),
  answer: z.strictObject({
    models: z.array(
      z.strictObject({
        model: z.string(),
        definitionVersion: z.int(),
        appliedAt: z.string(),
        champion: z.strictObject({ version: z.int(), asOf: Instant }).nullable(),
        /** What was warned of in its last cycle, and which one that is; null where it warned of nothing. */
        warnings: z.array(z.string()).readonly(),
        warnedBy: z.string().nullable(),
      }),
    ),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { lineage }) => {
    const { db } = ledger;
    const warned = await latestWarnings(db, lineage);
    const known = [];
    for (const { model, definitionVersion, appliedAt } of await models(db)) {
      const champion = await currentChampion(db, model, lineage);
      const reigning = champion === undefined ? null : { version: champion.version, asOf: champion.asOf };
      const { warnings = [], cycle = null } = warned.find((one) => one.model === model) ?? {};
      known.push({ model, definitionVersion, appliedAt, champion: reigning, warnings, warnedBy: cycle });
    }
    return { models: known };
  },
});
