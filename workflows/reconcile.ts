import type { ReconcileRequest, ReconcileSummary } from '../schemas/steps.ts';
import { reconciler } from './proxies.ts';

/** The installation's own schedule starts this every few minutes: see reconcile/reconcile.ts. */
export async function reconcile({ installation }: ReconcileRequest): Promise<ReconcileSummary> {
  return await reconciler.reconcile(installation);
}
