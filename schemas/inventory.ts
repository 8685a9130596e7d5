import { z } from 'zod';
import { isDuration } from './durations.ts';

/** How much depends on a model, from most to least. */
export const tiers = ['high', 'medium', 'low'] as const;

const text = (most: number) => z.string().trim().min(1).max(most);

/** What a model inventory says about a model and the definition alone knows. It changes no fit and makes no version. */
export const inventoryFields = {
  owner: text(200).optional().describe('Who answers for the model: a person or a team.'),
  intendedUse: text(2000).optional().describe('What its predictions are for, and what they are not for.'),
  tier: z.enum(tiers).optional().describe('How much depends on the model (its materiality).'),
  tags: z
    .array(text(63))
    .max(50)
    .refine((tags) => new Set(tags).size === tags.length, { error: 'every tag once' })
    .optional()
    .describe('Words to find the model by.'),
  reviewEvery: z
    .string()
    .refine((length) => isDuration(length) && /[1-9]/.test(length), {
      error: 'an ISO 8601 duration above zero such as P1Y',
    })
    .optional()
    .describe('How often a person reviews the model: reign inventory says when the next review is due.'),
};
