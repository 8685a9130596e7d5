import { log } from '@temporalio/workflow';
import type { ReconcileRequest, ReconcileSummary } from '../schemas/steps.ts';
import { reconciler, rowIdKeeper } from './proxies.ts';

/** The installation's own schedule starts this every few minutes: see reconcile/reconcile.ts. */
export async function reconcile({ installation }: ReconcileRequest): Promise<ReconcileSummary> {
  const summary = await reconciler.reconcile(installation);
  const { withoutRowIds = [] } = summary;
  if (withoutRowIds.length > 0) {
    // The next reconcile finds out what this one could not do.
    await rowIdKeeper
      .keepRowIds({ snapshots: [...withoutRowIds] })
      .catch(() =>
        log.warn('no trainer stored row ids apart; features whose retention has passed stay until one does'),
      );
  }
  return summary;
}
