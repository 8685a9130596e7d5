import { currentChampion } from '../ledger/champions.ts';
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
import { conflictingChampion } from './promote.ts';
import type { World } from './world.ts';

export const approvalActivities = (world: World) => ({
  /** Writes into the ledger that a cycle waits for a person, and for whom. Gives until when: ISO 8601. */
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
      if (decision === undefined && changed === undefined && !isOver) return undefined;
      await stopAsking(transaction, cycle);
      return { decision, changed };
    });
    if (heard === undefined) return { kind: 'waits' };
    // A rejection holds whoever reigns. An approval was given against a champion, and holds against that one alone.
    if (heard.decision?.kind === 'reject') return { kind: 'rejected', ...words(heard.decision) };
    if (heard.changed !== undefined)
      return { kind: 'championChanged', champion: await conflictingChampion(world, cycle, heard.changed) };
    return heard.decision === undefined ? { kind: 'expired' } : { kind: 'approved', ...words(heard.decision) };
  },
});

const words = ({ id, actor, reason }: Decision) => ({ decision: id, by: actorName(actor), reason });
