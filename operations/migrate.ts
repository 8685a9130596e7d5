import { z } from 'zod';
import { migrationStatus } from '../ledger/migrate.ts';
import { prepareLedger } from '../ledger/prepareLedger.ts';
import type { OperationContext } from './context.ts';
import { operation } from './operation.ts';

export const migrateOperation = operation({
  name: 'migrate',
  description: "upgrade the ledger's tables, and give the working role its rights",
  request: z.strictObject({}),
  answer: z.strictObject({
    /** All of them, in order. */
    migrations: z.array(z.string()),
    /** The role that owns the tables; null where it is not known here. */
    owner: z.string().nullable(),
    workingRole: z.string(),
  }),
  run: async ({ ledger, settings, onEvent }: Pick<OperationContext, 'ledger' | 'settings' | 'onEvent'>) => {
    onEvent({ kind: 'step', step: 'migrating the ledger', detail: '' });
    const { workingRole, owner } = await prepareLedger(ledger, settings.ledgerOwnerUrl);
    const migrations = (await migrationStatus(ledger.db)).map(({ name }) => name);
    return { migrations, owner, workingRole };
  },
});
