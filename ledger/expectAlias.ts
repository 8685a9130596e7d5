import type { Kysely } from 'kysely';
import { liveLineage } from '../schemas/lineage.ts';
import type { Database } from './database.ts';
import { expectProjection } from './pendingProjections.ts';

/** In the transaction that changes the champion other than by a cycle: MLflow's alias is to follow, even if nobody lives to ask it. */
export async function expectAlias(
  db: Kysely<Database>,
  { lineage, champion }: { readonly lineage: string; readonly champion: string },
): Promise<void> {
  if (lineage !== liveLineage) return;
  const { cycle, model } = await db
    .selectFrom('versions')
    .select(['cycle', 'model'])
    .where('id', '=', champion)
    .executeTakeFirstOrThrow();
  if (cycle !== null) await expectProjection(db, { cycle, model, part: 'champion' });
}
