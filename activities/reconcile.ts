import type { Client } from '@temporalio/client';
import { reconcileLedger, usualGrace } from '../reconcile/reconcile.ts';
import type { EvidenceRead } from '../reconcile/storeReferences.ts';
import type { Actor } from '../schemas/actor.ts';
import type { ReconcileSummary } from '../schemas/steps.ts';
import type { World } from './world.ts';

/** In whose name the schedule puts right what follows from the ledger. */
const actor: Actor = { kind: 'program', name: 'reconcile', authentication: 'os-user' };

export function reconcileActivities({ ledger, tracker, store, log }: World, client: Client) {
  const evidenceRead: EvidenceRead = new Map();
  return {
    /** Compares the ledger with MLflow, Temporal and the store, and puts right what differs. */
    async reconcile(): Promise<ReconcileSummary> {
      const parts = { tracker: () => tracker, client: async () => client, store: () => store, evidenceRead };
      const { discrepancies, unchecked } = await reconcileLedger({ ledger, repair: actor, grace: usualGrace }, parts);
      for (const { kind, model, cycle, outcome } of discrepancies)
        if (outcome !== 'known') log.warn({ kind, model, cycle, outcome }, 'something differed from the ledger');
      for (const { part, reason } of unchecked) log.warn({ part, reason }, 'a part could not be reconciled');
      const count = (asked: string) => discrepancies.filter(({ outcome }) => outcome === asked).length;
      const counts = { repaired: count('repaired'), recorded: count('recorded'), known: count('known') };
      return { ...counts, unchecked: unchecked.map(({ part }) => part) };
    },
  };
}
