import { Command } from 'commander';
import { migrateOperation } from '../../operations/migrate.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import type { Session } from '../session.ts';

export const migrateCommand = (session: Session, tell: Tell) =>
  new Command('migrate')
    .description(migrateOperation.description)
    .addHelpText(
      'after',
      '\nREIGN_LEDGER_OWNER_URL connects as the role that owns the tables, REIGN_LEDGER_URL as the working role.\nWith REIGN_LEDGER_URL alone, one role does both. Workers migrate too when they start, if they have the logins.',
    )
    .action(async () => {
      const answer = await perform(migrateOperation, session.context, {});
      const { migrations, owner, workingRole } = answer;
      tell({
        document: answer,
        text: () => `The ledger is up to date (${migrations.at(-1)}). ${rolesOf(owner, workingRole)}`,
      });
    });

function rolesOf(owner: string | null, workingRole: string): string {
  if (owner === null) return `${workingRole} works with it; another role owns it.`;
  if (owner === workingRole) return `${owner} owns it and works with it.`;
  return `${owner} owns it, ${workingRole} works with it.`;
}
