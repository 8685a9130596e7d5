import type { Kysely } from 'kysely';
import type { Actor } from '../schemas/actor.ts';
import type { Database } from './database.ts';
import { storeRequest } from './requests.ts';

/** Of which model, line of champions and definition version. */
interface Promoting {
  readonly model: string;
  readonly lineage: string;
  /** The one that the cycle was run by. */
  readonly definitionVersion: number;
}

/** The rollback since which a person has to approve promotions. */
export interface HeldPromotions {
  readonly since: string;
  readonly by: string;
  readonly reason: string;
  readonly epoch: number;
}

/**
 * Which rollback holds the promotions of a definition version: until a person resumes them, or the cycle belongs to a
 * later version of the definition. Undefined: the gate promotes by itself. The table's trigger holds the same.
 */
export async function heldPromotions(
  db: Kysely<Database>,
  { model, lineage, definitionVersion }: Promoting,
): Promise<HeldPromotions | undefined> {
  const row = await db
    .selectFrom('promotions')
    .select(['epoch', 'promoted_at', 'promoted_by', 'reason', 'held_definition_version'])
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('kind', '=', 'rollback')
    .orderBy('epoch', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || (row.held_definition_version ?? 0) < definitionVersion) return undefined;
  const resumed = await db
    .selectFrom('resumptions')
    .select('epoch')
    .where('model', '=', model)
    .where('lineage', '=', lineage)
    .where('epoch', '>=', row.epoch)
    .limit(1)
    .executeTakeFirst();
  if (resumed !== undefined) return undefined;
  return { since: row.promoted_at, by: row.promoted_by, reason: row.reason, epoch: row.epoch };
}

/**
 * A person lets the gate promote again after a rollback. What was resumed already stays as it was.
 *
 * @param epoch the rollback that holds them
 */
export async function resumePromotions(
  db: Kysely<Database>,
  asked: {
    readonly model: string;
    readonly lineage: string;
    readonly epoch: number;
    readonly reason: string;
    readonly actor: Actor;
  },
): Promise<void> {
  const { model, lineage, epoch, reason } = asked;
  await db.transaction().execute(async (transaction) => {
    const { id: request, actor } = await storeRequest(transaction, {
      ...{ operation: 'resume-promotions', actor: asked.actor, model, reason },
      subject: { kind: 'lineage', id: `${model}.${lineage}` },
    });
    await transaction
      .insertInto('resumptions')
      .values({ model, lineage, epoch, reason, actor, request })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}
