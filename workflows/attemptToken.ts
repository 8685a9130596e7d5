import { workflowInfo } from '@temporalio/workflow';

/** Names the attempt in the ledger: the same however often the workflow continues as a new run. */
export const attemptToken = (): string => workflowInfo().firstExecutionRunId;
