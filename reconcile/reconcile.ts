import type { Client } from '@temporalio/client';
import { type Lease, withLease } from '../ledger/lease.ts';
import { refuseOtherTemporal } from '../orchestrator/ownTemporal.ts';
import { ReignError } from '../schemas/errors.ts';
import type { ComparedPart, Discrepancy, Reconciled, Unchecked } from '../schemas/reconcile.ts';
import type { Store } from '../store/openStore.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { compareAliases } from './aliases.ts';
import { askingMlflow } from './askingMlflow.ts';
import { compareBackfills } from './lostBackfills.ts';
import { compareCycles } from './lostCycles.ts';
import { findMissedTimes } from './missedTimes.ts';
import { findMissingObjects } from './missingObjects.ts';
import { findOrphanObjects } from './orphanObjects.ts';
import { findOrphanRuns } from './orphanRuns.ts';
import { findOtherSchedules } from './otherSchedules.ts';
import { compareOutcomes } from './outcomes.ts';
import { compareSchedules } from './schedules.ts';
import type { EvidenceRead } from './storeReferences.ts';
import { findUnknownVersions } from './unknownVersions.ts';
import type { MlflowWorld, ReconcileWorld, StoreWorld, TemporalWorld } from './world.ts';

/** How the parts that the ledger is compared with are reached. What it throws says why one is not compared. */
export interface Parts {
  readonly tracker: () => Tracker;
  readonly client: () => Promise<Client>;
  readonly store: () => Store;
  /** What earlier reconciles of this process have read of evidence. Default: nothing. */
  readonly evidenceRead?: EvidenceRead;
}

/** Milliseconds. */
export const usualGrace = 120_000;

/**
 * Compares the ledger with MLflow, Temporal and the store. Puts right what follows from the ledger, and records what it found.
 * What one reconcile has put right, the next does not find. Two at once take turns.
 */
export async function reconcileLedger(
  world: ReconcileWorld & { readonly repair: NonNullable<ReconcileWorld['repair']> },
  parts: Parts,
): Promise<Reconciled> {
  return await withLease(world.ledger.db, 'reconcile', (lease) => compare(world, parts, lease), {
    seconds: 120,
  });
}

/** The same, but changes and records nothing. */
export const findDiscrepancies = (world: Omit<ReconcileWorld, 'repair'>, parts: Parts): Promise<Reconciled> =>
  compare({ ...world, repair: null }, parts);

const mlflowComparisons = [compareAliases, compareOutcomes, findUnknownVersions, findOrphanRuns];
// A schedule that was away is put back first: then Temporal says since when it has been there again.
const temporalComparisons = [compareCycles, compareBackfills, compareSchedules, findMissedTimes, findOtherSchedules];
const storeComparisons = [findMissingObjects, findOrphanObjects];

async function compare(world: ReconcileWorld, parts: Parts, lease?: Lease): Promise<Reconciled> {
  const discrepancies: Discrepancy[] = [];
  const unchecked: Unchecked[] = [];
  const compareWith = async <World>(
    part: ComparedPart,
    open: () => World | Promise<World>,
    comparisons: readonly ((world: World) => Promise<Discrepancy[]>)[],
  ): Promise<void> => {
    let opened: World;
    try {
      opened = await open();
    } catch (error) {
      unchecked.push({ part, reason: reasonOf(error) });
      return;
    }
    for (const find of comparisons) {
      await lease?.hold();
      try {
        discrepancies.push(...(await find(opened)));
      } catch (error) {
        unchecked.push({ part, reason: reasonOf(error) });
        // What is refused is about this comparison; a part that does not answer would keep the others waiting.
        if (!(error instanceof ReignError) || error.code.endsWith('Unavailable')) return;
      }
    }
  };
  await compareWith<MlflowWorld>('MLflow', () => ({ ...world, ...askingMlflow(parts.tracker()) }), mlflowComparisons);
  await compareWith<TemporalWorld>(
    'Temporal',
    async () => {
      const client = await parts.client();
      await refuseOtherTemporal(client, world.ledger.db);
      return { ...world, client };
    },
    temporalComparisons,
  );
  await compareWith<StoreWorld>(
    'store',
    () => ({ ...world, store: parts.store(), evidenceRead: parts.evidenceRead ?? new Map() }),
    storeComparisons,
  );
  return { discrepancies, unchecked };
}

/** @throws where the ledger itself does not answer */
function reasonOf(error: unknown): string {
  if (error instanceof ReignError && error.code === 'LedgerUnavailable') throw error;
  return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
}
