import { workflowInfo } from '@temporalio/workflow';

/** Of the run that this one continues. Each workflow has its own instance of this module. */
let handedOn: string | undefined;

/**
 * Names the attempt in the ledger: the same however often the workflow continues as a new run. A workflow that somebody
 * resets in Temporal begins a new attempt.
 */
export const attemptToken = (): string => handedOn ?? workflowInfo().runId;

/** Goes on with the attempt of the run that this one continues. */
export function continueAttempt(token: string): void {
  handedOn = token;
}
