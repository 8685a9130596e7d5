import type { Kysely } from 'kysely';
import type { z } from 'zod';
import type { Database } from '../../ledger/database.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { osUser } from '../../schemas/actor.ts';
import { NotificationRule } from '../../schemas/notifications.ts';
import { definition, hashOf } from './scene.ts';

/** Applies the scene's definition with these endpoints to tell. */
export const toldTo = (db: Kysely<Database>, ...rules: z.input<typeof NotificationRule>[]) =>
  storeDefinition(db, {
    definition: { ...definition(), notifications: rules.map((rule) => NotificationRule.parse(rule)) },
    codeHash: hashOf('code'),
    columns: [{ name: 'hour', kind: 'number', sourceType: 'integer', postgresType: 'integer' }],
    appliedBy: osUser('ada'),
  });
