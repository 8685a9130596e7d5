import type { Kysely } from 'kysely';
import { championOfEpoch, liveChampion, type RegisteredChampion } from '../ledger/champions.ts';
import type { Database } from '../ledger/database.ts';
import { type Lease, withLease } from '../ledger/lease.ts';
import { noteAliasMoved, type SeenAlias, seenAlias, storeSeenAlias } from '../ledger/reconciliations.ts';
import { versionOf } from '../ledger/versions.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import {
  deleteAlias,
  getAlias,
  getVersion,
  type RegisteredVersion,
  registrationOf,
  setAlias,
} from '../tracker/registry.ts';
import { championAlias, cycleTag } from '../tracker/tags.ts';

/** More rounds than this mean that something else sets the alias all the time. */
const rounds = 10;

/** An alias that named another version than the one that reigns. */
export interface StaleAlias {
  /** Undefined: there was no alias. */
  readonly named: number | undefined;
  /** Undefined: nobody reigns. */
  readonly champion: number | undefined;
  /** Whether somebody else moved it; else it had not followed the last promotion yet. */
  readonly moved: boolean;
  /** Nobody reigns, and Reign neither set the alias nor fitted the version that it names: it stays as it is. */
  readonly left: boolean;
}

/**
 * Makes MLflow's alias follow the ledger: sets the champion that reigns now, never the one that was just promoted, and
 * reads again until both agree. Restores an alias that was moved by hand, with an event that says so. Where nobody reigns, it
 * deletes its own alias, and leaves one that a person or another installation set. A version in MLflow that does not belong to the ledger's cycle of that number gets no alias: the error
 * TrackerRefused.
 *
 * No connection of the ledger is held while MLflow is asked.
 *
 * @param patience seconds to wait while another process projects the same model. Default: 30
 * @returns what it put right; undefined where nothing was to be done
 */
export async function projectChampion(
  tracker: Tracker,
  db: Kysely<Database>,
  model: string,
  patience = 30,
): Promise<StaleAlias | undefined> {
  const project = async (lease: Lease): Promise<StaleAlias | undefined> => {
    let checked: number | undefined;
    let stale: StaleAlias | undefined;
    for (let round = 0; round < rounds; round++) {
      const champion = await liveChampion(db, model);
      const isKnown = champion === undefined || champion.version === checked;
      const [aliased] = await Promise.all([
        getAlias(tracker, model, championAlias),
        isKnown ? undefined : checkVersion(tracker, champion),
      ]);
      checked = champion?.version;
      const seen = await seenAlias(db, model);
      if (champion?.version === aliased) {
        if (seen === undefined || seen.version !== aliased) await storeSeenAlias(db, model, aliased);
        return stale;
      }
      // Whoever held the lease meanwhile may have set a newer champion.
      if (!(await lease.hold())) continue;
      const found = await staleAlias(tracker, db, model, { champion, named: aliased, seen });
      if (found.left) return found;
      stale ??= found;
      if (stale.moved) await noteAliasMoved(db, model, { version: aliased, champion: champion?.version, seen });
      if (champion === undefined) await deleteAlias(tracker, model, championAlias);
      else await setAlias(tracker, model, championAlias, champion.version);
      await storeSeenAlias(db, model, champion?.version);
    }
    throw errorOf('TrackerUnavailable', 'aliasMoves', { alias: championAlias, model });
  };
  return await withLease(db, `project ${model}`, project, { patience });
}

/** What an alias is that does not name the champion. One that Reign never saw to may still name the champion before. */
export async function staleAlias(
  tracker: Tracker,
  db: Kysely<Database>,
  model: string,
  found: {
    readonly champion: RegisteredChampion | undefined;
    readonly named: number | undefined;
    readonly seen: SeenAlias | undefined;
  },
): Promise<StaleAlias> {
  const { champion, named, seen } = found;
  const before =
    champion === undefined || champion.epoch === 1
      ? undefined
      : await championOfEpoch(db, model, 'live', champion.epoch - 1);
  const expected = seen === undefined ? (before?.version ?? undefined) : seen.version;
  const left =
    champion === undefined && named !== undefined && !(await isOwnAlias(tracker, db, model, { named, seen }));
  return { named, champion: champion?.version, moved: named !== expected, left };
}

async function isOwnAlias(
  tracker: Tracker,
  db: Kysely<Database>,
  model: string,
  { named, seen }: { readonly named: number; readonly seen: SeenAlias | undefined },
): Promise<boolean> {
  if (seen?.version === named) return true;
  const fitted = await versionOf(db, { model, version: named });
  return fitted !== undefined && (await getVersion(tracker, model, named))?.tags[cycleTag] === fitted.cycle;
}

async function checkVersion(
  tracker: Tracker,
  { model, version, cycle, registeredAt }: RegisteredChampion,
): Promise<void> {
  const registered = await getVersion(tracker, model, version);
  // Nothing of Reign is on a version that a person registered: when that was tells it from another one of its number.
  const isOwn = (found: RegisteredVersion) =>
    registeredAt === null ? found.tags[cycleTag] === cycle : registrationOf(found) === registeredAt;
  if (registered !== undefined && isOwn(registered)) return;
  const other = registeredAt === null ? "another cycle's model" : 'a model that was registered at another time';
  const found = registered === undefined ? 'does not have it' : `has ${other} under that number`;
  throw errorOf('TrackerRefused', 'registryDiffers', { version, model, cycle, found, alias: championAlias });
}
