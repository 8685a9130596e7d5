import { z } from 'zod';
import { metricNames } from './metrics.ts';

/** What is counted: a language has a singular and a plural for each. */
export const things = [
  'row',
  'judged row',
  'mature row',
  'accepted row',
  'broken score',
  'cluster',
  'cycle',
  'day',
  'feature',
  'holdout',
  'label',
  'part',
  'past cycle',
  'test',
  'version',
] as const;

/**
 * What a number is.
 *
 * - `share`: of one; people read a percentage
 * - `difference`: positive is better; people read its sign
 * - `amount`: a size; `metric`: a metric's own value
 * - `count`: of what the sentence says; `plain`: a number or name that has no thousands, such as a version
 */
export const units = ['share', 'difference', 'amount', 'metric', 'count', 'plain', ...things] as const;
export type Unit = (typeof units)[number];

export const Quantity = z
  .strictObject({
    value: z.number(),
    unit: z.enum(units),
    /** So many decimals; absent: what the unit usually has. */
    digits: z.int().optional(),
  })
  .meta({ id: 'Quantity' });
export type Quantity = z.infer<typeof Quantity>;

/** A number with its interval: a difference where `signed`. Bounds are null where they cannot be told. */
export const Ranged = z
  .strictObject({
    estimate: z.number(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    signed: z.boolean(),
    /** So many decimals; absent: as many as tell the numbers from zero. */
    digits: z.int().optional(),
  })
  .meta({ id: 'Ranged' });
export type Ranged = z.infer<typeof Ranged>;

/** A metric of the catalogue, whose title depends on the language. */
export const NamedMetric = z.strictObject({ metric: z.enum(metricNames) }).meta({ id: 'NamedMetric' });
export type NamedMetric = z.infer<typeof NamedMetric>;

/**
 * A sentence, or a part of one, that can be said in any language: `id` names a template, `values` fill its places, `text` is
 * the same in English.
 */
export interface Message {
  readonly id: string;
  readonly values: Readonly<Record<string, MessageValue>>;
  readonly text: string;
}

/** Several values in a row. */
export interface Several {
  readonly items: readonly MessageValue[];
  readonly between: string;
  /** More than so many are counted: `a, b, c and 4 more`. Absent: all are said. */
  readonly most?: number | undefined;
}

/** A string is the same in every language: the name of a column, a date, a cycle's id, an error's own words. */
export type MessageValue = string | Quantity | Ranged | NamedMetric | Message | Several;

export const MessageValue: z.ZodType<MessageValue> = z.lazy(() =>
  z.union([z.string(), Quantity, Ranged, NamedMetric, Message, Several]),
);

export const Message: z.ZodType<Message> = z
  .strictObject({
    id: z.string(),
    values: z.record(z.string(), MessageValue),
    text: z.string(),
  })
  .meta({ id: 'Message' });

export const Several: z.ZodType<Several> = z
  .strictObject({ items: z.array(MessageValue), between: z.string(), most: z.int().optional() })
  .meta({ id: 'Several' });
