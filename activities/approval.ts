import type { Kysely } from 'kysely';
import { currentChampion } from '../ledger/champions.ts';
import type { Database } from '../ledger/database.ts';
import { type Decision, decisionsOf } from '../ledger/decisions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { judgementsOf } from '../ledger/judgements.ts';
import { lockCycle } from '../ledger/lockCycle.ts';
import { askPerson, stopAsking } from '../ledger/waiting.ts';
import { actorName } from '../schemas/actor.ts';
import { after } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Answered, ApprovalRequest, CycleAttempt } from '../schemas/steps.ts';
import type { VerdictKind } from '../schemas/verdict.ts';
import { conflictingChampion } from './promote.ts';
import { wakeNextInTurn } from './wake.ts';
import type { World } from './world.ts';

export const approvalActivities = (world: World) => ({
  /** Writes into the ledger that a cycle waits for a person, and for whom, and lets the next one have its turn. Gives until when: ISO 8601. */
  async askForApproval({ cycle, number, round, askedAt }: ApprovalRequest): Promise<string> {
    const { db } = world.ledger;
    const stored = await definitionVersion(db, cycle.model, cycle.definitionVersion);
    if (stored === undefined)
      throw errorOf('LedgerConflict', 'definitionLost', { version: cycle.definitionVersion, model: cycle.model });
    const { approvers, deadline } = stored.definition.gate.approval;
    const until = after(askedAt, deadline);
    const { model, lineage, definitionVersion: version } = cycle;
    const held = await heldPromotions(db, { model, lineage, definitionVersion: version });
    const why = held && `epoch ${held.epoch} is a rollback (by ${held.by}: ${held.reason})`;
    await askPerson(db, cycle, { number, round, until, approvers }, why);
    await wakeNextInTurn(db, cycle);
    return until;
  },

  /**
   * What the ledger says of the question. Whatever ends the waiting ends it there too, in one transaction: nobody decides
   * about a judgement that counts no more.
   *
   * @param isOver whether the deadline has passed, and nobody is asked again
   */
  async hearApproval(cycle: CycleAttempt, number: number, isOver: boolean): Promise<Answered> {
    const { db } = world.ledger;
    const heard = await db.transaction().execute(async (transaction) => {
      await lockCycle(transaction, cycle);
      const judgement = (await judgementsOf(transaction, cycle.id)).find((one) => one.number === number);
      const decision = (await decisionsOf(transaction, cycle.id)).find(
        (one) => one.judgementNumber === number && one.kind !== 'override',
      );
      const champion = await currentChampion(transaction, cycle.model, cycle.lineage);
      const changed = (champion?.epoch ?? 0) !== judgement?.epoch ? champion : undefined;
      const released = await isReleased(transaction, cycle, judgement?.verdict.kind);
      if (decision === undefined && changed === undefined && !released && !isOver) return undefined;
      await stopAsking(transaction, cycle);
      return { decision, changed, released };
    });
    if (heard === undefined) return { kind: 'waits' };
    // A rejection holds whoever reigns. An approval was given against a champion, and holds against that one alone.
    if (heard.decision?.kind === 'reject') return { kind: 'rejected', ...words(heard.decision) };
    if (heard.changed !== undefined)
      return { kind: 'championChanged', champion: await conflictingChampion(world, cycle, heard.changed) };
    if (heard.decision !== undefined) return { kind: 'approved', ...words(heard.decision) };
    return { kind: heard.released ? 'released' : 'expired' };
  },
});

/** Whether a person was asked because of a rollback alone, and somebody has resumed promotions since. */
async function isReleased(
  db: Kysely<Database>,
  { model, lineage, definitionVersion: version }: CycleAttempt,
  verdict: VerdictKind | undefined,
): Promise<boolean> {
  const definition = verdict === 'review' ? (await definitionVersion(db, model, version))?.definition : undefined;
  if (verdict !== 'promote' && definition?.gate.approval.when !== 'never') return false;
  return (await heldPromotions(db, { model, lineage, definitionVersion: version })) === undefined;
}

const words = ({ id, actor, reason }: Decision) => ({ decision: id, by: actorName(actor), reason });
