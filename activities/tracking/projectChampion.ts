import type { Kysely } from 'kysely';
import { type Champion, currentChampion } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { withModelLock } from '../../ledger/modelLock.ts';
import { ReignError } from '../../schemas/errors.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import { deleteAlias, getAlias, getVersion, setAlias } from '../../tracker/registry.ts';
import { cycleTag } from '../../tracker/tags.ts';

/** The alias that follows the live lineage. */
export const championAlias = 'champion';

/** More rounds than this mean that something else sets the alias all the time. */
const rounds = 10;

/**
 * Lets MLflow's alias follow the ledger: sets who reigns now, never who was promoted just now, and looks again until both
 * agree. Mends an alias that was moved by hand, and takes one away where nobody reigns. A version in MLflow that is not
 * the cycle's that the ledger knows by its number gets no alias: the error TrackerRefused.
 */
export async function projectChampion(tracker: Tracker, db: Kysely<Database>, model: string): Promise<void> {
  await withModelLock(db, model, async (held) => {
    for (let round = 0; round < rounds; round++) {
      const champion = await currentChampion(held, model, 'live');
      const aliased = await getAlias(tracker, model, championAlias);
      if (champion !== undefined) await checkVersion(tracker, champion);
      if (champion?.version === aliased) return;
      if (champion === undefined) await deleteAlias(tracker, model, championAlias);
      else await setAlias(tracker, model, championAlias, champion.version);
    }
    const message = `The alias ${championAlias} of ${model} is moved by something else as fast as Reign sets it`;
    throw new ReignError('TrackerUnavailable', message);
  });
}

async function checkVersion(tracker: Tracker, { model, version, cycle }: Champion): Promise<void> {
  const registered = await getVersion(tracker, model, version);
  if (registered?.tags[cycleTag] === cycle) return;
  const found = registered === undefined ? 'does not have it' : "has another cycle's model under that number";
  const message =
    `Version ${version} of ${model} reigns by the ledger (cycle ${cycle}), but MLflow ${found}: the registry was reset ` +
    `or replaced, or the version was changed by hand; the alias ${championAlias} was not set. Restore MLflow's database`;
  throw new ReignError('TrackerRefused', message);
}
