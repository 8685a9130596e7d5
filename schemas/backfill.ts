import { z } from 'zod';
import { cycleStatuses } from './cycle.ts';
import { Lineage } from './lineage.ts';
import { Hash, Instant, Window } from './primitives.ts';
import { verdicts } from './verdict.ts';

/**
 * Where a backfill stands:
 *
 * - `planned`: a dry run
 * - `paused`: no new date begins
 * - `failed`: it stopped before every date had ended
 * - `done`: every date has ended, well or not
 */
export const backfillStatuses = ['planned', 'running', 'paused', 'cancelled', 'failed', 'done'] as const;
export type BackfillStatus = (typeof backfillStatuses)[number];

/** What a backfill is going to do, as it is stored. What is not known is null. */
export const BackfillPlan = z
  .strictObject({
    format: z.literal(1),
    model: z.string(),
    definitionVersion: z.int(),
    /** Whether that version was asked for; else it was the newest. */
    definitionAsked: z.boolean(),
    from: Instant,
    to: Instant,
    /** ISO 8601; null: the times of the definition's schedule. */
    every: z.string().nullable(),
    parallel: z.int().positive(),
    stopOnFailure: z.boolean(),
    /** `none`, `live` or the number of a version. */
    startFrom: z.string(),
    /** The version that reigns before the first promotion, by its id; null: nobody. */
    origin: z.string().nullable(),
    dates: z.array(
      z.strictObject({
        asOf: Instant,
        train: Window,
        holdout: Window,
        /** What an earlier cycle of the model read for the same windows. */
        rows: z.strictObject({ train: z.int().nullable(), holdout: z.int().nullable() }),
      }),
    ),
    /** By how long earlier cycles of the model took. */
    cost: z.strictObject({
      /** How many cycles that is known of. */
      cycles: z.int(),
      /** Of one date. */
      prepareSeconds: z.number().nullable(),
      judgeSeconds: z.number().nullable(),
      /** Of all of them, from the start to the end. */
      totalSeconds: z.number().nullable(),
    }),
  })
  .meta({ id: 'BackfillPlan' });
export type BackfillPlan = z.infer<typeof BackfillPlan>;

/**
 * Where one date of a backfill stands:
 *
 * - `due`: its cycle has not begun, or is to be run again
 * - `preparing`: its challenger is extracted, fitted and scored
 * - `waiting`: it is prepared, and waits until every date before it has ended
 * - `judging`
 * - `ended`: see the status of its cycle
 * - `failed`: it failed, was cancelled, or could not begin; `reign backfill retry` runs it again
 */
export const dateStates = ['due', 'preparing', 'waiting', 'judging', 'ended', 'failed'] as const;
export type DateState = (typeof dateStates)[number];

export const BackfillDate = z
  .strictObject({
    number: z.int(),
    asOf: Instant,
    /** The id of its cycle. */
    cycle: z.string(),
    state: z.enum(dateStates),
    /** Of its cycle; null before it has begun. */
    status: z.enum(cycleStatuses).nullable(),
    verdict: z.enum(verdicts).nullable(),
    /** The asOf of the champion after it; null where nobody reigns, or it has not ended. */
    champion: Instant.nullable(),
    summary: z.string().nullable(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'BackfillDate' });
export type BackfillDate = z.infer<typeof BackfillDate>;

/** A backfill as those who list them see it. */
export const Backfill = z
  .strictObject({
    id: z.string(),
    model: z.string(),
    lineage: Lineage,
    definitionVersion: z.int(),
    from: Instant,
    to: Instant,
    every: z.string().nullable(),
    parallel: z.int(),
    stopOnFailure: z.boolean(),
    startFrom: z.string(),
    origin: z.string().nullable(),
    planHash: Hash,
    status: z.enum(backfillStatuses),
    /** Null for a dry run, like `startedAt`. */
    by: z.string().nullable(),
    reason: z.string().nullable(),
    summary: z.string().nullable(),
    plannedAt: z.string(),
    startedAt: z.string().nullable(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'Backfill' });
export type Backfill = z.infer<typeof Backfill>;

/** The workflow of a backfill. The id of a cycle has four parts, so that the two never meet. */
export const backfillWorkflowId = (id: string): string => `backfill.${id}`;
