import { windowsOf } from '../gate/windows.ts';
import { currentChampion } from '../ledger/champions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import type { Definition } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import type { CycleIdentity, PlannedQuery } from '../schemas/payloads.ts';
import type { Contest, CycleAttempt } from '../schemas/steps.ts';
import { datedVersion } from '../schemas/versionName.ts';
import { championToBeat } from './championToBeat.ts';
import { foresight } from './foresight.ts';
import { past } from './past.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

export const contestActivities = (world: World) => ({
  /** The contest of a cycle that was prepared before the cycles before it had ended. */
  async contest(cycle: CycleAttempt): Promise<Contest | { readonly superseded: string }> {
    const { model, asOf, definitionVersion: version } = cycle;
    const stored = await definitionVersion(world.ledger.db, model, version);
    if (stored === undefined) throw errorOf('LedgerConflict', 'definitionLost', { version, model });
    const superseded = await supersededBy(world, cycle);
    if (superseded !== null) return { superseded };
    const { definition } = stored;
    const { holdout } = await planQueries(world, definition, windowsOf(asOf, definition.windows), asOf);
    return await contestOf(world, cycle, definition, holdout);
  },
});

/** Whom the challenger of a cycle meets, and what the cycles before it left. */
export async function contestOf(
  world: World,
  { id, model, lineage, asOf }: CycleIdentity,
  definition: Definition,
  holdoutQuery: PlannedQuery,
): Promise<Contest> {
  const { holdout } = windowsOf(asOf, definition.windows);
  const reigning = await currentChampion(world.ledger.db, model, lineage);
  const champion =
    reigning === undefined ? null : await championToBeat(world, reigning, holdout, { definition, asOf, holdoutQuery });
  return {
    champion,
    past: await past(world, { id, model, lineage, asOf, definition }),
    foresight:
      champion === null ? null : await foresight(world, { model, lineage, asOf, definition, holdout }, champion),
  };
}

/** Why a cycle comes too late for its lineage; null where it does not. */
export async function supersededBy(
  { ledger }: Pick<World, 'ledger'>,
  { model, lineage, asOf }: Pick<CycleIdentity, 'model' | 'lineage' | 'asOf'>,
): Promise<string | null> {
  const reigning = await currentChampion(ledger.db, model, lineage);
  if (reigning === undefined || reigning.asOf <= asOf) return null;
  return `${datedVersion(reigning)} reigns already; the line of champions only moves forward.`;
}
