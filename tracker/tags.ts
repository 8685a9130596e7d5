import { z } from 'zod';

export type Tags = Readonly<Record<string, string>>;

/** On everything that a cycle makes in MLflow, from its creation on: an attempt that died is found again by it. */
export const cycleTag = 'reign.cycle';

/** Which attempt of the cycle made it. */
export const attemptTag = 'reign.attempt';

export const tagList = (tags: Tags): { key: string; value: string }[] =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

/** MLflow's filter for one tag. A quote in the value has no escape there; no id of Reign holds one. */
export const tagFilter = (key: string, value: string): string => `tags.\`${key}\` = '${value.replaceAll("'", '')}'`;

export const TagList = z
  .array(z.object({ key: z.string(), value: z.string().default('') }))
  .default([])
  .transform((tags): Tags => Object.fromEntries(tags.map(({ key, value }) => [key, value])));

/** The alias that follows the live lineage. */
export const championAlias = 'champion';
