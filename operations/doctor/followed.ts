import type { Kysely } from 'kysely';
import { of } from '../../gate/say.ts';
import type { Database } from '../../ledger/database.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { pendingProjections } from '../../ledger/pendingProjections.ts';
import { tell } from '../../report/messages.ts';
import { type Finding, noted } from './finding.ts';

/** What a worker still tries to tell MLflow. */
export async function notFollowed(db: Kysely<Database>): Promise<Finding[]> {
  return (await pendingProjections(db)).map(({ cycle, part, reason, tries, since }) =>
    noted(
      `MLflow, ${part} of ${cycle}`,
      tries === 1
        ? tell('doctor.not-followed-once', { since, reason })
        : tell('doctor.not-followed', { since, tries: of(tries, 'count'), reason }),
      'A worker tries again by itself, up to a day later. See that one runs and that MLflow takes its login.',
    ),
  );
}

/** Asks the ledger; one that does not answer is a finding of its own part. */
export async function examineFollowed(url: string): Promise<Finding[]> {
  const ledger = openLedger(url);
  try {
    return await notFollowed(ledger.db);
  } catch {
    return [];
  } finally {
    await ledger.close().catch(() => {});
  }
}
