import { z } from 'zod';
import { currentChampion } from '../ledger/champions.ts';
import { everyModel } from '../ledger/definitions.ts';
import type { Deletion } from '../ledger/deletions.ts';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { countChanges } from '../ledger/history.ts';
import { latestWarnings } from '../ledger/warnings.ts';
import { AskedLineage } from '../schemas/lineage.ts';
import { Instant } from '../schemas/primitives.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';

export const modelsOperation = operation({
  name: 'models',
  description: 'list the models that have been applied',
  request: z.strictObject({
    lineage: AskedLineage,
    /** Whether those that were deleted are listed too. */
    deleted: z.boolean().default(false),
  }),
  answer: z.strictObject({
    models: z.array(
      z.strictObject({
        model: z.string(),
        definitionVersion: z.int(),
        appliedAt: z.string(),
        champion: z.strictObject({ version: z.int(), asOf: Instant }).nullable(),
        /** How often a person brought an earlier champion back, and how often one decided against the verdict. */
        rollbacks: z.int(),
        overrides: z.int(),
        /** The rollback since which promotions by the newest definition need a person; null where none does. */
        held: z.strictObject({ epoch: z.int(), since: z.string(), by: z.string(), reason: z.string() }).nullable(),
        /** What was warned of in its last cycle, and which one that is; null where it warned of nothing. */
        warnings: z.array(z.string()).readonly(),
        warnedBy: z.string().nullable(),
        /** When it was deleted, by whom and why; null where it was not. */
        deletion: z
          .strictObject({ at: z.string(), by: z.string(), reason: z.string(), forced: z.boolean() })
          .nullable(),
      }),
    ),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>, { lineage, deleted }) => {
    const { db } = ledger;
    const warned = await latestWarnings(db, lineage);
    const changes = await countChanges(db, lineage);
    const known = [];
    for (const { model, definitionVersion, appliedAt, deletion } of await everyModel(db)) {
      if (deletion !== null && !deleted) continue;
      const champion = await currentChampion(db, model, lineage);
      const reigning = champion === undefined ? null : { version: champion.version, asOf: champion.asOf };
      const { warnings = [], cycle = null } = warned.find((one) => one.model === model) ?? {};
      known.push({
        model,
        definitionVersion,
        appliedAt,
        champion: reigning,
        ...(changes.get(model) ?? { rollbacks: 0, overrides: 0 }),
        held: (await heldPromotions(db, { model, lineage, definitionVersion })) ?? null,
        warnings,
        warnedBy: cycle,
        deletion: shownDeletion(deletion),
      });
    }
    return { models: known };
  },
});

function shownDeletion(deletion: Deletion | null) {
  if (deletion === null) return null;
  const { at, by, reason, forced } = deletion;
  return { at, by, reason, forced };
}
