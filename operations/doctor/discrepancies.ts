import type { Client } from '@temporalio/client';
import { openLedger } from '../../ledger/openLedger.ts';
import { findDiscrepancies, usualGrace } from '../../reconcile/reconcile.ts';
import { tell } from '../../report/messages.ts';
import type { Reconciled } from '../../schemas/reconcile.ts';
import type { KnownSettings } from '../../settings/settings.ts';
import { openStore } from '../../store/openStore.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { connectTemporal } from '../connectTemporal.ts';
import { type Finding, noted } from './finding.ts';

/** What `reign reconcile` would find. A server that does not answer is a finding of its own part. */
export async function examineDiscrepancies(
  ledgerUrl: string,
  { temporal, trackerUri, trackerCredentials, store }: KnownSettings,
): Promise<Finding[]> {
  if (temporal === undefined || trackerUri === undefined) return [];
  const ledger = openLedger(ledgerUrl);
  let client: Client | undefined;
  const parts = {
    tracker: () => openTracker(trackerUri, trackerCredentials),
    store: () => openStore(store),
    client: async () => {
      client = await connectTemporal(temporal, openStore(store));
      return client;
    },
  };
  try {
    return shown(await findDiscrepancies({ ledger, grace: usualGrace }, parts));
  } catch {
    return [];
  } finally {
    await Promise.all([client?.connection.close(), ledger.close()]).catch(() => {});
  }
}

const shown = ({ discrepancies, unchecked }: Reconciled): Finding[] => [
  ...discrepancies.map(({ part, model, cycle, message, advice }) =>
    noted(cycle === null ? `${part}${model === null ? '' : `, ${model}`}` : `cycle ${cycle}`, message, advice),
  ),
  ...unchecked.map(({ part, reason }) =>
    noted(`ledger and ${part}`, tell('doctor.unchecked', { reason }), 'See docs/reconcile.md.'),
  ),
];
