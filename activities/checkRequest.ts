import { Actor } from '../schemas/actor.ts';
import { cycleId, type Trigger } from '../schemas/cycle.ts';
import { ReignError } from '../schemas/errors.ts';
import type { RetrainRequest } from '../schemas/steps.ts';

/** What may start a cycle today. The other triggers draw from other accounts of the error budget, and nothing sends them yet. */
const started: readonly Trigger[] = ['manual', 'demo'];

/**
 * Checks what a workflow's request says about itself. Whoever reaches Temporal can start a workflow with any request: one
 * under another id would run a cycle twice, a forged trigger would spend an account that is not its own, and a forged actor
 * would pass for somebody who proved who they are.
 *
 * @throws ReignError RequestForged
 */
export function checkRequest(request: RetrainRequest, workflowId: string): void {
  const id = cycleId(request);
  if (workflowId !== id)
    throw new ReignError(
      'RequestForged',
      `The workflow ${workflowId} asks for the cycle ${id}, whose workflow has its id`,
    );
  const actor = request.actor && Actor.safeParse(request.actor);
  if (actor?.success === false || (actor !== undefined && actor.data.authentication !== 'os-user'))
    throw new ReignError('RequestForged', `The request for ${id} names an actor whom Temporal cannot vouch for`);
  if (!started.includes(request.trigger))
    throw new ReignError(
      'RequestForged',
      `The request for ${id} names the trigger "${request.trigger}", and nothing of this installation starts such cycles`,
    );
}
