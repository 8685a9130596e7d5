import type { Decision } from '../ledger/decisions.ts';
import { definitionVersion } from '../ledger/definitions.ts';
import { hearQuestion } from '../ledger/hearQuestion.ts';
import { heldPromotions } from '../ledger/heldPromotions.ts';
import { askPerson } from '../ledger/waiting.ts';
import { actorName } from '../schemas/actor.ts';
import { after } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Answered, ApprovalRequest, CycleAttempt } from '../schemas/steps.ts';
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
   * What the ledger says of the question, with what judging again takes where the champion has changed.
   *
   * @param isOver whether the deadline has passed, and nobody is asked again
   */
  async hearApproval(cycle: CycleAttempt, number: number, isOver: boolean): Promise<Answered> {
    const heard = await hearQuestion(world.ledger.db, cycle, number, isOver);
    switch (heard.kind) {
      case 'approved':
      case 'rejected':
        return { kind: heard.kind, ...words(heard.decision) };
      case 'championChanged':
        return { kind: heard.kind, champion: await conflictingChampion(world, cycle, heard.champion) };
      default:
        return heard;
    }
  },
});

const words = ({ id, actor, reason }: Decision) => ({ decision: id, by: actorName(actor), reason });
