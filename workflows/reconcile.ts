import type { ReconcileSummary } from '../schemas/steps.ts';
import { reconciler } from './proxies.ts';

/** What the installation's own schedule starts every few minutes: see reconcile/reconcile.ts. */
export async function reconcile(): Promise<ReconcileSummary> {
  return await reconciler.reconcile();
}
