import { probationOf, worseSaid } from '../gate/probation.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { followFromLooks } from '../ledger/rollbackProposals.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { CycleIdentity } from '../schemas/payloads.ts';
import { wakeCyclesThatAsk } from './wake.ts';
import type { World } from './world.ts';

/**
 * Does what the policy says where a look of the probation has shown that the champion is worse than the one it beat: proposes
 * a rollback, or makes it. Doing it again changes nothing.
 */
export async function actOnProbation(
  { ledger: { db } }: { readonly ledger: Pick<World['ledger'], 'db'> },
  { model, lineage, definitionVersion: version }: Pick<CycleIdentity, 'model' | 'lineage' | 'definitionVersion'>,
): Promise<void> {
  const stored = await definitionVersion(db, model, version);
  if (stored === undefined) return;
  const { onWorse } = probationOf(stored.definition.gate);
  // Nobody answers a proposal about a line of champions that never reigns.
  if (onWorse === 'propose' && lineage !== liveLineage) return;
  const came = await followFromLooks(db, { model, lineage }, onWorse, (look) => worseSaid(look).text);
  // They were judged against the champion before.
  if (came?.kind === 'rolledBack') await wakeCyclesThatAsk(db, { model, lineage });
}
