import { z } from 'zod';
import { currentChampion } from '../ledger/champions.ts';
import { unendedCycles } from '../ledger/cycles.ts';
import { everyModel } from '../ledger/definitions.ts';
import type { Deletion } from '../ledger/deletions.ts';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { countChanges } from '../ledger/history.ts';
import { lastValidation } from '../ledger/inventory.ts';
import { openPeriod, type SchedulePeriod } from '../ledger/schedulePeriods.ts';
import { latestWarnings } from '../ledger/warnings.ts';
import { nextTimes, timingOf } from '../schedule/nominalTimes.ts';
import { instantOf } from '../schemas/durations.ts';
import { AskedLineage, liveLineage } from '../schemas/lineage.ts';
import { Instant } from '../schemas/primitives.ts';
import { verdicts } from '../schemas/verdict.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { ShownRetirement, shownRetirement } from './shownRetirement.ts';

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
        /** `since` is when it was promoted. */
        champion: z.strictObject({ version: z.int().nullable(), asOf: Instant, since: z.string() }).nullable(),
        /** Of the newest judgement; null where none was made. */
        lastVerdict: z
          .strictObject({ cycle: z.string(), number: z.int(), verdict: z.enum(verdicts), at: z.string() })
          .nullable(),
        /** The next nominal time; null where there is none, or the schedule is paused. */
        next: Instant.nullable(),
        paused: z.boolean(),
        /** The cycles that wait for a person to decide, by id. */
        waitsForPerson: z.array(z.string()),
        /** How often a person brought an earlier champion back, and how often one decided against the verdict. */
        rollbacks: z.int(),
        overrides: z.int(),
        /** The rollback since which promotions by the newest definition need a person; null where none does. */
        held: z.strictObject({ epoch: z.int(), since: z.string(), by: z.string(), reason: z.string() }).nullable(),
        /** What was warned of in its last cycle, and which one that is; null where it warned of nothing. */
        warnings: z.array(z.string()).readonly(),
        warnedBy: z.string().nullable(),
        retirement: ShownRetirement,
        /** When it was deleted, by whom and why; null where it was not. */
        deletion: z
          .strictObject({ at: z.string(), by: z.string(), reason: z.string(), forced: z.boolean() })
          .nullable(),
      }),
    ),
  }),
  run: async ({ ledger, now }: Pick<OperationContext, 'ledger' | 'now'>, { lineage, deleted }) => {
    const { db } = ledger;
    const warned = await latestWarnings(db, lineage);
    const changes = await countChanges(db, lineage);
    const asking = (await unendedCycles(db)).filter(({ waitsFor }) => waitsFor === 'person');
    const at = Math.floor(now().getTime() / 1000);
    const known = [];
    for (const { model, definitionVersion, appliedAt, retirement, deletion } of await everyModel(db)) {
      if (deletion !== null && !deleted) continue;
      const champion = await currentChampion(db, model, lineage);
      const reigning = champion && { version: champion.version, asOf: champion.asOf, since: champion.promotedAt };
      const period = lineage === liveLineage ? await openPeriod(db, model) : undefined;
      const { warnings = [], cycle = null } = warned.find((one) => one.model === model) ?? {};
      known.push({
        model,
        definitionVersion,
        appliedAt,
        champion: reigning ?? null,
        lastVerdict: (await lastValidation(db, model, lineage)) ?? null,
        next: nextOf(period, at),
        paused: period?.paused ?? false,
        waitsForPerson: asking.filter((one) => one.model === model && one.lineage === lineage).map(({ id }) => id),
        ...(changes.get(model) ?? { rollbacks: 0, overrides: 0 }),
        held: (await heldPromotions(db, { model, lineage, definitionVersion })) ?? null,
        warnings,
        warnedBy: cycle,
        retirement: shownRetirement(retirement),
        deletion: shownDeletion(deletion),
      });
    }
    return { models: known };
  },
});

function nextOf(period: SchedulePeriod | undefined, at: number): string | null {
  const timing = period === undefined || period.paused ? null : timingOf(period.schedule);
  const [next] = timing === null ? [] : nextTimes(timing, at, 1);
  return next === undefined ? null : instantOf(next * 1000);
}

function shownDeletion(deletion: Deletion | null) {
  if (deletion === null) return null;
  const { at, by, reason, forced } = deletion;
  return { at, by, reason, forced };
}
