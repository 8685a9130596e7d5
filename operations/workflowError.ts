import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { type ErrorCode, errorOf, errors, ReignError } from '../schemas/errors.ts';
import { ErrorDetail } from '../schemas/payloads.ts';

/** An error that came through Temporal, with what the trainer says about it: the traceback by hash, file and line. */
export class WorkflowError extends ReignError {
  readonly detail: ErrorDetail | null;
  constructor(code: ErrorCode, message: string, detail: ErrorDetail | null, options?: ErrorOptions) {
    const { file = null, line = null, column = null, field = null, situation, values } = detail ?? {};
    super(code, message, {
      ...options,
      place: { file, line, column, field },
      ...(situation == null ? {} : { situation }),
      ...(values == null ? {} : { values }),
    });
    this.detail = detail;
  }
}

/** Looks for the error of the catalogue in the chain of causes that Temporal makes of it. */
export function workflowError(error: unknown): ReignError {
  let innermost: Error | undefined;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && cause.type != null && cause.type in errors) {
      const detail = ErrorDetail.safeParse(cause.details?.[0]);
      return new WorkflowError(cause.type as ErrorCode, cause.message, detail.success ? detail.data : null, {
        cause: error,
      });
    }
    if (cause instanceof CancelledFailure) return errorOf('Interrupted', 'workflowCancelled');
    if (cause instanceof TerminatedFailure) return errorOf('Internal', 'terminated');
    if (cause instanceof TimeoutFailure) return errorOf('Internal', 'timedOut', { reason: cause.message });
    innermost = cause;
  }
  return errorOf('Internal', 'unforeseen', { reason: innermost?.message ?? String(error) }, { cause: error });
}
