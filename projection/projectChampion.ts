import type { Kysely } from 'kysely';
import { type Champion, currentChampion } from '../ledger/champions.ts';
import type { Database } from '../ledger/database.ts';
import { type Lease, withLease } from '../ledger/lease.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { deleteAlias, getAlias, getVersion, setAlias } from '../tracker/registry.ts';
import { championAlias, cycleTag } from '../tracker/tags.ts';

/** More rounds than this mean that something else sets the alias all the time. */
const rounds = 10;

/**
 * Makes MLflow's alias follow the ledger: sets the champion that reigns now, never the one that was just promoted, and
 * reads again until both agree. Restores an alias that was moved by hand, and deletes it where nobody reigns. A version in
 * MLflow that does not belong to the ledger's cycle of that number gets no alias: the error TrackerRefused.
 *
 * No connection of the ledger is held while MLflow is asked.
 *
 * @param patience seconds to wait while another process projects the same model. Default: 30
 */
export async function projectChampion(
  tracker: Tracker,
  db: Kysely<Database>,
  model: string,
  patience = 30,
): Promise<void> {
  const project = async (lease: Lease): Promise<void> => {
    let checked: number | undefined;
    for (let round = 0; round < rounds; round++) {
      const champion = await currentChampion(db, model, 'live');
      const isKnown = champion === undefined || champion.version === checked;
      const [aliased] = await Promise.all([
        getAlias(tracker, model, championAlias),
        isKnown ? undefined : checkVersion(tracker, champion),
      ]);
      checked = champion?.version;
      if (champion?.version === aliased) return;
      // Whoever held the lease meanwhile may have set a newer champion.
      if (!(await lease.hold())) continue;
      if (champion === undefined) await deleteAlias(tracker, model, championAlias);
      else await setAlias(tracker, model, championAlias, champion.version);
    }
    throw errorOf('TrackerUnavailable', 'aliasMoves', { alias: championAlias, model });
  };
  await withLease(db, `project ${model}`, project, { patience });
}

async function checkVersion(tracker: Tracker, { model, version, cycle }: Champion): Promise<void> {
  const registered = await getVersion(tracker, model, version);
  if (registered?.tags[cycleTag] === cycle) return;
  const found = registered === undefined ? 'does not have it' : "has another cycle's model under that number";
  throw errorOf('TrackerRefused', 'registryDiffers', { version, model, cycle, found, alias: championAlias });
}
