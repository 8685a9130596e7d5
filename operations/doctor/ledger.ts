import { sql } from 'kysely';
import { listed, of } from '../../gate/say.ts';
import { migrationStatus } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { latestWarnings } from '../../ledger/warnings.ts';
import { tell } from '../../report/messages.ts';
import { shownUrl } from '../../settings/shownUrl.ts';
import { toReignError } from '../toReignError.ts';
import { type Finding, healthy, noted, sick } from './finding.ts';

export async function examineLedger(url: string, lineage: string): Promise<Finding[]> {
  const ledger = openLedger(url);
  try {
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(ledger.db);
    const answers = healthy(
      'ledger',
      tell('doctor.postgres', { address: shownUrl(url), version: rows[0]?.server_version ?? '?' }),
    );
    const states = await migrationStatus(ledger.db);
    const pending = states.filter(({ executedAt }) => executedAt === null);
    if (pending.length === 0) {
      const warned = await latestWarnings(ledger.db, lineage);
      const warnings = warned.map(({ model, cycle, warnings: [first, ...others] }) =>
        noted(
          `last cycle of ${model}`,
          others.length === 0
            ? tell('doctor.warned', { warning: first ?? '' })
            : tell('doctor.warned-more', { warning: first ?? '', more: of(others.length, 'count') }),
          `See reign show ${cycle}.`,
        ),
      );
      return [
        answers,
        healthy('migrations', tell('doctor.migrated', { migrations: of(states.length, 'count') })),
        ...warnings,
      ];
    }
    const names = listed(pending.map(({ name }) => name));
    return [
      answers,
      sick('migrations', tell('doctor.migrations-pending', { names }), 'Start a worker: it migrates the ledger first.'),
    ];
  } catch (error) {
    const { message, advice } = toReignError(error);
    return [sick('ledger', tell('doctor.unreachable', { address: shownUrl(url), message }), advice)];
  } finally {
    await ledger.close().catch(() => {});
  }
}
