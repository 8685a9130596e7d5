import type { Kysely, Transaction } from 'kysely';
import type { VerdictKind } from '../schemas/verdict.ts';
import { type Champion, currentChampion } from './champions.ts';
import type { Database } from './database.ts';
import { type Decision, decisionsOf } from './decisions.ts';
import { definitionVersion } from './definitions.ts';
import { heldPromotions } from './heldPromotions.ts';
import { judgementsOf } from './judgements.ts';
import { type Attempt, lockCycle } from './lockCycle.ts';
import { stopAsking } from './waiting.ts';

/** What became of the question that a cycle asks a person. */
export type Heard =
  | { readonly kind: 'waits' }
  | { readonly kind: 'expired' }
  /** Only the rollback asked for a person, and somebody has resumed promotions. */
  | { readonly kind: 'released' }
  | { readonly kind: 'approved' | 'rejected'; readonly decision: Decision }
  | { readonly kind: 'championChanged'; readonly champion: Champion };

interface Asking extends Attempt {
  readonly model: string;
  readonly lineage: string;
  readonly definitionVersion: number;
}

/**
 * What the ledger says of a question. Whatever ends the waiting ends it here too, in one transaction: nobody decides about
 * a judgement that counts no more.
 *
 * @param number the judgement's, within the cycle
 * @param isOver whether the deadline has passed, and nobody is asked again
 */
export async function hearQuestion(
  db: Kysely<Database>,
  cycle: Asking,
  number: number,
  isOver: boolean,
): Promise<Heard> {
  return await db.transaction().execute(async (transaction) => {
    await lockCycle(transaction, cycle);
    const heard = await saidOf(transaction, cycle, number);
    if (heard === undefined && !isOver) return { kind: 'waits' };
    await stopAsking(transaction, cycle);
    return heard ?? { kind: 'expired' };
  });
}

async function saidOf(db: Transaction<Database>, cycle: Asking, number: number): Promise<Heard | undefined> {
  const judgement = (await judgementsOf(db, cycle.id)).find((one) => one.number === number);
  const decision = (await decisionsOf(db, cycle.id)).find(
    (one) => one.judgementNumber === number && one.kind !== 'override',
  );
  // A rejection holds whoever reigns. An approval was given against a champion, and holds against that one alone.
  if (decision?.kind === 'reject') return { kind: 'rejected', decision };
  const champion = await currentChampion(db, cycle.model, cycle.lineage);
  if (champion !== undefined && champion.epoch !== judgement?.epoch) return { kind: 'championChanged', champion };
  if (decision !== undefined) return { kind: 'approved', decision };
  return (await isReleased(db, cycle, judgement?.verdict.kind)) ? { kind: 'released' } : undefined;
}

/** Whether a person was asked because of a rollback alone, and somebody has resumed promotions since. */
async function isReleased(
  db: Transaction<Database>,
  { model, lineage, definitionVersion: version }: Asking,
  verdict: VerdictKind | undefined,
): Promise<boolean> {
  const definition = verdict === 'review' ? (await definitionVersion(db, model, version))?.definition : undefined;
  if (verdict !== 'promote' && definition?.gate.approval.when !== 'never') return false;
  return (await heldPromotions(db, { model, lineage, definitionVersion: version })) === undefined;
}
