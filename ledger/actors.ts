import type { Kysely } from 'kysely';
import { type Actor, actorId } from '../schemas/actor.ts';
import type { Database } from './database.ts';

/** Makes sure that an actor is known; the answer is its id. */
export async function storeActor(db: Kysely<Database>, actor: Actor): Promise<string> {
  const { kind, name, authentication } = actor;
  const id = actorId(actor);
  await db
    .insertInto('actors')
    .values({ id, kind, name, authentication, release: actor.kind === 'gate' ? actor.release : null })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return id;
}
