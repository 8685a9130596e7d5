import { z } from 'zod';
import { metricNames } from './metrics.ts';
import { Hash, Instant } from './primitives.ts';
import { Verdict, verdicts } from './verdict.ts';

export const cycleStatuses = [
  'running',
  'waiting',
  'promoted',
  'kept',
  'superseded',
  'skipped',
  'failed',
  'cancelled',
] as const;
export type CycleStatus = (typeof cycleStatuses)[number];
/** The statuses in which nothing more will happen, but for failed and cancelled, which a new attempt may reopen. */
export const settledStatuses: readonly CycleStatus[] = ['promoted', 'kept', 'superseded', 'skipped'];

/** Whether asking for a cycle finds its result: what the schedule skipped can be run by hand. */
export const isSettled = (
  cycle: { readonly status: CycleStatus; readonly trigger: Trigger },
  askedBy: Trigger,
): boolean =>
  settledStatuses.includes(cycle.status) &&
  !(cycle.status === 'skipped' && cycle.trigger === 'schedule' && askedBy === 'manual');

/** What a waiting cycle waits for: its turn among the cycles of its lineage, a person's decision, rows, or the fix of a fault. */
export const waitsFor = ['turn', 'person', 'data', 'fault'] as const;
export type WaitsFor = (typeof waitsFor)[number];

/** `retrain` fits its challenger, `challenge` judges one that a person registered, `replay` one of another lineage. */
export const cycleKinds = ['retrain', 'challenge', 'replay'] as const;
export type CycleKind = (typeof cycleKinds)[number];

export const triggers = ['manual', 'schedule', 'backfill', 'demo'] as const;
export type Trigger = (typeof triggers)[number];

export const Failure = z
  .strictObject({
    code: z.string(),
    message: z.string(),
    advice: z.string(),
    /** The step of the cycle that failed: plan, extract, ... */
    step: z.string(),
    /** The full text of a Python traceback in the store, by hash. */
    traceback: Hash.nullable(),
  })
  .meta({ id: 'Failure' });
export type Failure = z.infer<typeof Failure>;

export const PrimaryResult = z
  .strictObject({
    metric: z.enum(metricNames),
    challenger: z.number(),
    champion: z.number().nullable(),
    /** Against the champion; against the trivial predictor where there was none. */
    difference: z.number().nullable(),
    low: z.number().nullable(),
    high: z.number().nullable(),
    standardError: z.number().nullable(),
    clusters: z.int(),
    /** What these rows would show four times in five, and what is worth having. */
    detectable: z.number().nullable(),
    wanted: z.number(),
  })
  .meta({ id: 'PrimaryResult' });
export type PrimaryResult = z.infer<typeof PrimaryResult>;

/** A cycle as the command line, the API and the pages show it. */
export const Cycle = z
  .strictObject({
    id: z.string(),
    model: z.string(),
    lineage: z.string(),
    asOf: Instant,
    definitionVersion: z.int(),
    kind: z.enum(cycleKinds).default('retrain'),
    trigger: z.enum(triggers),
    status: z.enum(cycleStatuses),
    /** Null where it does not wait; `summary` says more. */
    waitsFor: z.enum(waitsFor).nullable(),
    attempt: z.int(),
    verdict: z.enum(verdicts).nullable(),
    summary: z.string().nullable(),
    /** Registered versions in MLflow; null where there is none (yet). */
    challenger: z.int().nullable(),
    champion: z.int().nullable(),
    primary: PrimaryResult.nullable(),
    rows: z
      .strictObject({ train: z.int().nullable(), holdout: z.int().nullable(), judged: z.int().nullable() })
      .meta({ id: 'CycleRows' }),
    snapshots: z.strictObject({ train: Hash.nullable(), holdout: Hash.nullable() }).meta({ id: 'CycleSnapshots' }),
    evidence: Hash.nullable(),
    failure: Failure.nullable(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'Cycle' });
export type Cycle = z.infer<typeof Cycle>;

/** One comparison within a cycle, as it is stored. */
export const Judgement = z
  .strictObject({
    cycle: z.string(),
    number: z.int(),
    /** The epoch that reigned when it was judged; 0 where there was no champion. */
    epoch: z.int(),
    /** In the registry; null for a version of a backfill, which has no number. */
    challenger: z.int().nullable(),
    champion: z.int().nullable(),
    evidence: Hash,
    verdict: Verdict,
    judgedAt: z.string(),
  })
  .meta({ id: 'Judgement' });
export type Judgement = z.infer<typeof Judgement>;

/**
 * Readable, stable, unique by model, lineage, asOf and definition version; also the workflow's id. That of a challenge also
 * names the version that challenges.
 */
export function cycleId(key: {
  model: string;
  lineage: string;
  asOf: string;
  definitionVersion: number;
  challenger?: number;
}): string {
  const compact = key.asOf.replaceAll(/[-:]/g, '');
  const challenge = key.challenger === undefined ? '' : `.challenge${key.challenger}`;
  return `${key.model}.${key.lineage}.${compact}.v${key.definitionVersion}${challenge}`;
}

/** The command that starts a new attempt of a cycle that ended without a result. */
export function commandAgain({
  kind,
  trigger,
  model,
  lineage,
  asOf,
  challenger,
}: Pick<Cycle, 'kind' | 'trigger' | 'model' | 'lineage' | 'asOf' | 'challenger'>): string {
  if (kind === 'challenge') return `reign challenge ${model} --version ${challenger} --as-of ${asOf} --reason TEXT`;
  if (trigger === 'backfill') return `reign backfill retry ${model}.${lineage}`;
  return `reign retrain ${model} --as-of ${asOf}`;
}
