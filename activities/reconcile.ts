import { heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { installationId } from '../ledger/reconciliations.ts';
import { type RemovedFeatures, removeExpiredFeatures } from '../reconcile/expiredFeatures.ts';
import { reconcileLedger, usualGrace } from '../reconcile/reconcile.ts';
import type { EvidenceRead } from '../reconcile/storeReferences.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { ReconcileSummary } from '../schemas/steps.ts';
import type { World } from './world.ts';

const heartbeatMilliseconds = 5000;
/** Snapshots of which a trainer stores the row ids at once. */
const rowIdsAtOnce = 20;

export function reconcileActivities({ ledger, tracker, store, log }: World, client: Client) {
  const evidenceRead: EvidenceRead = new Map();
  return {
    /**
     * Compares the ledger with MLflow, Temporal and the store, and puts right what differs. Then it removes the features
     * whose retention has passed.
     *
     * @param installation whose schedule started it
     */
    async reconcile(installation: string): Promise<ReconcileSummary> {
      if (installation !== (await installationId(ledger.db)))
        throw errorOf('SettingInvalid', 'otherLedger', { namespace: client.options.namespace });
      const parts = { tracker: () => tracker, client: async () => client, store: () => store, evidenceRead };
      const { discrepancies, unchecked } = await whileAlive(() =>
        reconcileLedger({ ledger, repair: 'own schedule', grace: usualGrace }, parts),
      );
      for (const { kind, model, cycle, outcome } of discrepancies)
        if (outcome !== 'known') log.warn({ kind, model, cycle, outcome }, 'something differed from the ledger');
      for (const { part, reason } of unchecked) log.warn({ part, reason }, 'a part could not be reconciled');
      const count = (asked: string) => discrepancies.filter(({ outcome }) => outcome === asked).length;
      const counts = { repaired: count('repaired'), recorded: count('recorded'), known: count('known') };
      const expired = unchecked.some(({ part }) => part === 'store') ? {} : await removeExpired();
      return { ...counts, unchecked: unchecked.map(({ part }) => part), ...expired };
    },
  };

  /** What else a reconcile does counts also where this is refused, or fails. */
  async function removeExpired(): Promise<Pick<ReconcileSummary, 'featuresRemoved' | 'withoutRowIds'>> {
    let featuresRemoved = 0;
    const onRemoved = ({ hash: snapshot, bytes, uses }: RemovedFeatures) => {
      featuresRemoved++;
      log.info(
        { snapshot, bytes, models: uses.map(({ model }) => model) },
        'features removed: their retention has passed',
      );
    };
    try {
      const remover = { now: new Date(), asked: null, onRemoved };
      const withoutRowIds = await whileAlive(() => removeExpiredFeatures({ ledger, store }, remover));
      return { featuresRemoved, withoutRowIds: withoutRowIds.slice(0, rowIdsAtOnce) };
    } catch (error) {
      if (!(error instanceof ReignError)) throw error;
      log.warn({ code: error.code, error: error.message }, 'features whose retention has passed were not removed');
      return { featuresRemoved };
    }
  }
}

/** Tells Temporal, while `work` runs, that this process is still there. */
async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => heartbeat(), heartbeatMilliseconds);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
