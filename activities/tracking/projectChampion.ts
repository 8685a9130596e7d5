import type { Kysely } from 'kysely';
import { currentChampion } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { withModelLock } from '../../ledger/modelLock.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { deleteAlias, getAlias, setAlias } from '../../tracker/registry.ts';

/** The alias that follows the live lineage. */
export const championAlias = 'champion';

/** More rounds than this mean that something else sets the alias all the time. */
const rounds = 10;

/**
 * Lets MLflow's alias follow the ledger: sets who reigns now, never who was promoted just now, and looks again until both
 * agree. Mends an alias that was moved by hand, and takes one away where nobody reigns.
 */
export async function projectChampion(tracker: Tracker, db: Kysely<Database>, model: string): Promise<void> {
  await withModelLock(db, model, async (held) => {
    for (let round = 0; round < rounds; round++) {
      const champion = await currentChampion(held, model, 'live');
      const aliased = await getAlias(tracker, model, championAlias);
      if (champion?.version === aliased) return;
      if (champion === undefined) await deleteAlias(tracker, model, championAlias);
      else await setAlias(tracker, model, championAlias, champion.version);
    }
    const message = `The alias ${championAlias} of ${model} is moved by something else as fast as Reign sets it`;
    throw new ReignError('TrackerUnavailable', message);
  });
}
