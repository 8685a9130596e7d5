import { z } from 'zod';
import { Message } from './message.ts';

/** What the ledger is compared with. */
export const comparedParts = ['MLflow', 'Temporal', 'store'] as const;
export type ComparedPart = (typeof comparedParts)[number];

/** In what the ledger and the rest differ. */
export const discrepancyKinds = [
  /** The alias names another version than the one that reigns: somebody moved it, or it had not followed yet. */
  'alias-moved',
  'alias-behind',
  /** Nobody reigns, and the alias names a version that Reign neither set it to nor fitted. */
  'alias-unknown',
  /** MLflow has another version, or none, under the champion's number. */
  'champion-missing',
  /** Tags of a run or version say something else than the ledger. */
  'tags-changed',
  /** MLflow has a version that no cycle fitted and nobody registered through Reign. */
  'version-unknown',
  /** The ledger has a cycle that runs or waits, whose workflow is over or unknown to Temporal. */
  'workflow-gone',
  /** The same of a backfill. */
  'backfill-gone',
  /** The cycle of a retired model goes on: Temporal did not hear of the retirement. */
  'retirement-unheard',
  'schedule-missing',
  'schedule-changed',
  'schedule-left',
  /** Paused in Temporal, not in the ledger. */
  'schedule-paused',
  /** Another schedule that starts cycles, made by hand. */
  'schedule-unknown',
  /** A nominal time without a cycle. */
  'schedule-missed',
  /** An object of the store that the ledger names is not there. */
  'object-missing',
  /** What nothing names: objects of the store, runs in MLflow. `reign gc` removes them in time. */
  'orphans',
] as const;
export type DiscrepancyKind = (typeof discrepancyKinds)[number];

/** One thing in which the ledger and the rest of the installation differ. */
export const Discrepancy = z.strictObject({
  kind: z.enum(discrepancyKinds),
  part: z.enum(comparedParts),
  /** Null where it is about no model. */
  model: z.string().nullable(),
  cycle: z.string().nullable(),
  /** `message` in English. */
  text: z.string(),
  message: Message,
  /**
   * What became of it:
   *
   * - `repaired`: it agrees with the ledger again, and an event says so
   * - `recorded`: an event says so; it stays until a person does something
   * - `known`: the same, and the event is of an earlier time
   * - `found`: nothing was changed or recorded
   */
  outcome: z.enum(['repaired', 'recorded', 'known', 'found']),
  /** What a person may do; null where nothing is left to do. */
  advice: z.string().nullable(),
});
export type Discrepancy = z.infer<typeof Discrepancy>;

/** A part that could not be compared, and why. */
export const Unchecked = z.strictObject({ part: z.enum(comparedParts), reason: z.string() });
export type Unchecked = z.infer<typeof Unchecked>;

export const Reconciled = z.strictObject({
  discrepancies: z.array(Discrepancy),
  unchecked: z.array(Unchecked),
});
export type Reconciled = z.infer<typeof Reconciled>;
