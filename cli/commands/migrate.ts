import { Command } from 'commander';
import { migrationStatus } from '../../ledger/migrate.ts';
import { prepareLedger } from '../../ledger/prepareLedger.ts';
import type { Tell } from '../answer.ts';
import type { Session } from '../session.ts';

export const migrateCommand = (session: Session, tell: Tell) =>
  new Command('migrate')
    .description("upgrade the ledger's tables, and give the working role its rights")
    .addHelpText(
      'after',
      '\nREIGN_LEDGER_OWNER_URL connects as the role that owns the tables, REIGN_LEDGER_URL as the working role.\nWith REIGN_LEDGER_URL alone, one role does both. Workers migrate too when they start, if they have the logins.',
    )
    .action(async () => {
      session.progress.at('migrating the ledger');
      const { ledger, settings } = session;
      const { workingRole, owner } = await prepareLedger(ledger, settings.ledgerOwnerUrl);
      const migrations = (await migrationStatus(ledger.db)).map(({ name }) => name);
      tell({
        document: { migrations, owner, workingRole },
        text: () => `The ledger is up to date (${migrations.at(-1)}). ${rolesOf(owner, workingRole)}`,
      });
    });

function rolesOf(owner: string | null, workingRole: string): string {
  if (owner === null) return `${workingRole} works with it; another role owns it.`;
  if (owner === workingRole) return `${owner} owns it and works with it.`;
  return `${owner} owns it, ${workingRole} works with it.`;
}
