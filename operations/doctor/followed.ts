import type { Kysely } from 'kysely';
import { currentChampion } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { models } from '../../ledger/definitions.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { liveLineage } from '../../schemas/lineage.ts';
import { openTracker, type Tracker, type TrackerCredentials } from '../../tracker/openTracker.ts';
import { getAlias } from '../../tracker/registry.ts';
import { championAlias } from '../../tracker/tags.ts';
import { type Finding, noted } from './finding.ts';

/** Where MLflow does not follow the ledger (an alias follows the live lineage, whatever else was asked about): aliases that name somebody else, and what a worker still tries to tell it. */
export async function notFollowed(db: Kysely<Database>, tracker: Tracker): Promise<Finding[]> {
  const pending = await pendingProjections(db);
  const waiting = pending.map(({ cycle, part, reason, tries, since }) =>
    noted(
      `MLflow, ${part} of ${cycle}`,
      `not followed since ${since}, after ${tries === 1 ? '1 try' : `${tries} tries`}: ${reason}`,
      'A worker tries again by itself, up to a day later. See that one runs and that MLflow takes its login.',
    ),
  );
  const stale: Finding[] = [];
  for (const { model } of await models(db)) {
    const reigning = (await currentChampion(db, model, liveLineage))?.version;
    const aliased = await getAlias(tracker, model, championAlias);
    // It may have moved while MLflow was asked.
    if (reigning === aliased || (await currentChampion(db, model, liveLineage))?.version !== reigning) continue;
    const [theirs, ours] = [aliased, reigning].map((version) =>
      version === undefined ? 'nobody' : `version ${version}`,
    );
    const advice = `Whoever loads models:/${model}@${championAlias} gets another model. The next cycle sets the alias again.`;
    stale.push(noted(`MLflow, alias of ${model}`, `names ${theirs}; by the ledger ${ours} reigns`, advice));
  }
  return [...waiting, ...stale];
}

/** Asks the ledger and MLflow; one that does not answer is a finding of its own part. */
export async function examineFollowed(url: string, uri: string, credentials: TrackerCredentials): Promise<Finding[]> {
  const ledger = openLedger(url);
  try {
    return await notFollowed(ledger.db, openTracker(uri, credentials));
  } catch {
    return [];
  } finally {
    await ledger.close().catch(() => {});
  }
}
