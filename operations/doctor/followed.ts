import type { Kysely } from 'kysely';
import { of } from '../../gate/say.ts';
import { currentChampion } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { models } from '../../ledger/definitions.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { tell } from '../../report/messages.ts';
import { liveLineage } from '../../schemas/lineage.ts';
import type { Message } from '../../schemas/message.ts';
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
      tries === 1
        ? tell('doctor.not-followed-once', { since, reason })
        : tell('doctor.not-followed', { since, tries: of(tries, 'count'), reason }),
      'A worker tries again by itself, up to a day later. See that one runs and that MLflow takes its login.',
    ),
  );
  const stale: Finding[] = [];
  for (const { model } of await models(db)) {
    const reigning = (await currentChampion(db, model, liveLineage))?.version;
    const aliased = await getAlias(tracker, model, championAlias);
    // It may have moved while MLflow was asked.
    if (reigning === aliased || (await currentChampion(db, model, liveLineage))?.version !== reigning) continue;
    const advice = `Whoever loads models:/${model}@${championAlias} gets another model. The next cycle sets the alias again.`;
    stale.push(
      noted(
        `MLflow, alias of ${model}`,
        tell('doctor.alias-differs', { named: who(aliased), reigning: who(reigning) }),
        advice,
      ),
    );
  }
  return [...waiting, ...stale];
}

const who = (version: number | undefined): Message =>
  version === undefined ? tell('doctor.nobody') : tell('doctor.version', { version: of(version, 'plain') });

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
