import { sql } from 'kysely';
import { migrationStatus } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { latestWarnings } from '../../ledger/warnings.ts';
import { shownUrl } from '../../settings/shownUrl.ts';
import { toReignError } from '../toReignError.ts';
import { type Finding, healthy, noted, sick } from './finding.ts';

export async function examineLedger(url: string, lineage: string): Promise<Finding[]> {
  const ledger = openLedger(url);
  try {
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(ledger.db);
    const answers = healthy('ledger', `${shownUrl(url)}, Postgres ${rows[0]?.server_version ?? '?'}`);
    const states = await migrationStatus(ledger.db);
    const pending = states.filter(({ executedAt }) => executedAt === null);
    if (pending.length === 0) {
      const warned = await latestWarnings(ledger.db, lineage);
      const warnings = warned.map(({ model, cycle, warnings: [first, ...others] }) =>
        noted(
          `last cycle of ${model}`,
          `${first}${others.length === 0 ? '' : ` (and ${others.length} more)`}`,
          `See reign show ${cycle}.`,
        ),
      );
      return [answers, healthy('migrations', `all ${states.length} have run`), ...warnings];
    }
    const names = pending.map(({ name }) => name).join(', ');
    return [answers, sick('migrations', `not yet run: ${names}`, 'Start a worker: it migrates the ledger first.')];
  } catch (error) {
    const { message, advice } = toReignError(error);
    return [sick('ledger', `${shownUrl(url)}: ${message}`, advice)];
  } finally {
    await ledger.close().catch(() => {});
  }
}
