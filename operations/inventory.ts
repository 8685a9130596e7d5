import { z } from 'zod';
import { liveChampion } from '../ledger/champions.ts';
import { latestDefinition, models } from '../ledger/definitions.ts';
import { decisionsInBrief, lastValidation } from '../ledger/inventory.ts';
import { after } from '../schemas/durations.ts';
import { tiers } from '../schemas/inventory.ts';
import { Instant } from '../schemas/primitives.ts';
import { verdicts } from '../schemas/verdict.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';
import { ShownRetirement, shownRetirement } from './shownRetirement.ts';

export const inventoryOperation = operation({
  name: 'inventory',
  description: 'list every model with what it is for, who answers for it, and when it was validated',
  request: z.strictObject({}),
  answer: z.strictObject({
    models: z.array(
      z.strictObject({
        model: z.string(),
        definitionVersion: z.int(),
        /** Null where none reigns yet; `since` is when it was promoted. */
        champion: z.strictObject({ version: z.int(), asOf: Instant, since: z.string() }).nullable(),
        /** The newest judgement; null where none was made. */
        lastValidation: z
          .strictObject({ cycle: z.string(), number: z.int(), verdict: z.enum(verdicts), at: z.string() })
          .nullable(),
        /** When a person last looked: a decision, or the definition version that is in force. */
        lastReview: z.string(),
        /** `lastReview` and `reviewEvery`; null where the definition does not say how often. */
        nextReview: z.string().nullable(),
        /** How often somebody decided against a verdict. */
        overrides: z.int(),
        retirement: ShownRetirement,
        owner: z.string().nullable(),
        tier: z.enum(tiers).nullable(),
        intendedUse: z.string().nullable(),
        tags: z.array(z.string()).readonly(),
      }),
    ),
  }),
  run: async ({ ledger }: Pick<OperationContext, 'ledger'>) => {
    const { db } = ledger;
    const listed = [];
    for (const { model, definitionVersion, appliedAt, retirement } of await models(db)) {
      const stored = await latestDefinition(db, model);
      const { owner = null, tier = null, intendedUse = null, tags = [], reviewEvery } = stored?.definition ?? {};
      const champion = await liveChampion(db, model);
      const { last, overrides } = await decisionsInBrief(db, model);
      const lastReview = last !== null && Date.parse(last) > Date.parse(appliedAt) ? last : appliedAt;
      listed.push({
        model,
        definitionVersion,
        champion:
          champion === undefined
            ? null
            : { version: champion.version, asOf: champion.asOf, since: champion.promotedAt },
        lastValidation: (await lastValidation(db, model, 'live')) ?? null,
        lastReview,
        nextReview: reviewEvery === undefined ? null : after(lastReview, reviewEvery),
        retirement: shownRetirement(retirement),
        ...{ overrides, owner, tier, intendedUse, tags },
      });
    }
    return { models: listed };
  },
});
