import { isGrpcServiceError, ServiceError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { workflowError } from './workflowError.ts';

/** Any error as one of the catalogue. */
export function toReignError(error: unknown): ReignError {
  if (error instanceof ReignError) return error;
  // Temporal's client throws the second itself, where an argument cannot be stored or a result not be read.
  if (error instanceof WorkflowFailedError || error instanceof ApplicationFailure) return workflowError(error);
  if (error instanceof ServiceError || isGrpcServiceError(error)) {
    return errorOf(
      'OrchestratorUnavailable',
      'noAnswer',
      { reason: grpcReason(error) },
      {
        cause: error,
      },
    );
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return errorOf('Internal', 'unforeseen', { reason: message }, { cause: error });
}

function grpcReason(error: Error): string {
  const { cause } = error;
  return (cause instanceof Error ? cause.message : error.message).split('\n', 1)[0] ?? '';
}
