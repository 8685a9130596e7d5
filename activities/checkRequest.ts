import { Actor } from '../schemas/actor.ts';
import { cycleId, type Trigger } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { RetrainRequest } from '../schemas/steps.ts';

/** What may start a cycle of the live lineage. A backfill draws from the account of its own lineage. */
const started: readonly Trigger[] = ['manual', 'demo', 'schedule'];

/**
 * Checks what a workflow's request says about itself. Whoever reaches Temporal can start a workflow with any request: one
 * under another id would run a cycle twice, a forged trigger would spend an account that is not its own, and a forged actor
 * would pass for somebody who proved who they are.
 *
 * @throws ReignError RequestForged
 */
export function checkRequest(request: RetrainRequest, workflowId: string): void {
  const id = cycleId(request);
  if (workflowId !== id) throw errorOf('RequestForged', 'otherWorkflow', { workflow: workflowId, cycle: id });
  const actor = request.actor && Actor.safeParse(request.actor);
  if (
    actor?.success === false ||
    !(request.trigger === 'schedule' ? isOwnSchedule(request, actor?.data) : isUser(actor?.data))
  )
    throw errorOf('RequestForged', 'actor', { cycle: id });
  if (!started.includes(request.trigger) && !(request.trigger === 'backfill' && request.lineage !== liveLineage))
    throw errorOf('RequestForged', 'trigger', { cycle: id, trigger: request.trigger });
}

/** Absent in requests of earlier releases. */
export const isUser = (actor: Actor | undefined): boolean => actor === undefined || actor.authentication === 'os-user';

const isOwnSchedule = ({ model, lineage }: RetrainRequest, actor: Actor | undefined): boolean =>
  lineage === liveLineage && actor?.kind === 'schedule' && actor.name === model;
