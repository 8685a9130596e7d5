import type { Ledger } from '../../ledger/openLedger.ts';
import { lastRemoval } from '../../ledger/retention.ts';
import { tell } from '../../report/messages.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Store } from '../../store/openStore.ts';
import type { VerifiedFinding } from './finding.ts';
import { told } from './verifyLedger.ts';

/**
 * Says which of a cycle's snapshots have lost their features, and why. Nothing is recomputed from features, so this is no
 * difference.
 */
export async function verifyFeatures(
  { ledger, store }: { readonly ledger: Ledger; readonly store: Store },
  { model, snapshots }: Pick<Cycle, 'model' | 'snapshots'>,
): Promise<VerifiedFinding[]> {
  const findings: VerifiedFinding[] = [];
  for (const [purpose, hash] of Object.entries(snapshots)) {
    if (hash === null || (await store.hasRows('snapshots', hash))) continue;
    const removal = await lastRemoval(ledger.db, model, hash);
    const said =
      removal === undefined
        ? tell('verify.features-gone', { purpose })
        : tell('verify.features-removed', {
            ...{ purpose, retention: removal.retention, on: removal.removedAt.slice(0, 10) },
          });
    findings.push(told('features', null, 'identical', said));
  }
  return findings;
}
