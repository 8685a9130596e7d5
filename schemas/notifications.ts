import { z } from 'zod';

/** What somebody can be told about a model. Those that the ledger records as an event are called as they are there. */
export const notificationEvents = [
  'promoted',
  'rollback',
  'override',
  'invalid',
  'failed',
  'schedule-missed',
  'waits-for-person',
  'deadline-near',
  'waits-for-fault',
  'alias-moved',
  'rollback-proposed',
] as const;
export type NotificationEvent = (typeof notificationEvents)[number];

export const endpointName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, '1 to 63 of a-z, 0-9 and -, starting with a letter');

/** To which endpoint a model's events go. */
export const NotificationRule = z
  .strictObject({
    endpoint: endpointName.describe(
      'Which endpoint, by name: its URL and secret are in the file that REIGN_NOTIFICATIONS names, never here.',
    ),
    events: z
      .array(z.enum(notificationEvents))
      .min(1)
      .default([...notificationEvents])
      .describe('Which events. Default: all.'),
  })
  .meta({ id: 'NotificationRule' });
export type NotificationRule = z.infer<typeof NotificationRule>;

/** A word of ours, such as an error's code or a step: never free text, which could carry what a row holds. */
const word = z.string().regex(/^[A-Za-z][\w.-]{0,63}$/);
const instant = z.iso.datetime();

/**
 * What of a ledger's row leaves the installation: numbers, times and names. Whatever else the row holds, and whatever
 * does not look like these, stays.
 */
export const NotifiedFacts = z.object({
  epoch: z.int().optional().catch(undefined),
  version: z.int().optional().catch(undefined),
  /** The version that reigns, where `version` is another one. */
  champion: z.int().optional().catch(undefined),
  /** The actor's name. */
  by: z.string().max(200).optional().catch(undefined),
  /** Of the judgement. */
  number: z.int().optional().catch(undefined),
  round: z.int().optional().catch(undefined),
  until: instant.optional().catch(undefined),
  asOf: instant.optional().catch(undefined),
  attempt: z.int().optional().catch(undefined),
  step: word.optional().catch(undefined),
  code: word.optional().catch(undefined),
});
export type NotifiedFacts = z.infer<typeof NotifiedFacts>;

/** One that has not arrived, as those who list it show it. */
export const UndeliveredNotification = z.strictObject({
  /** Also the idempotency key that every try of it has. */
  id: z.string(),
  model: z.string(),
  cycle: z.string().nullable(),
  event: z.string(),
  endpoint: z.string(),
  at: z.string(),
  /** pending: it is still tried. undelivered: given up. */
  state: z.enum(['pending', 'undelivered']),
  tries: z.int(),
  nextTryAt: z.string().nullable(),
  /** Why the last try failed; null before the first. */
  reason: z.string().nullable(),
});
export type UndeliveredNotification = z.infer<typeof UndeliveredNotification>;
