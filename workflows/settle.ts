import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ContinueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import type { Failure } from '../schemas/cycle.ts';
import { type ErrorCode, errors } from '../schemas/errors.ts';
import type { CancelRequest, ClaimedAttempt, Outcome, RetrainRequest } from '../schemas/steps.ts';
import { attemptToken } from './attemptToken.ts';
import { hearRetries } from './outlast.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Ends a cycle as cancelled, with a reason. Temporal's own cancellation ends it in the same way, without one. */
export const cancelSignal = defineSignal<[CancelRequest]>('cancel');

type Ending = Pick<Outcome, 'status' | 'summary'>;

/** What the steps of a cycle report about it while they run. */
export interface Claiming {
  readonly claimed: (attempt: number) => void;
  /** Work that the workflow waits for before it ends. If it fails, the cycle does not. */
  readonly alongside: (work: Promise<void>) => { readonly done: Promise<void> };
}

/**
 * Runs a cycle's steps and records how they ended, also if they failed or were cancelled. A failed cycle fails its
 * workflow, so that Temporal shows it and a new attempt can be started.
 *
 * @param steps report which attempt they claimed, so that nothing is recorded for another one, and which work may
 *   continue while the outcome is recorded
 */
export async function settle(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
  steps: (cycle: Claiming) => Promise<Ending>,
): Promise<Outcome> {
  let claim: ClaimedAttempt = { attempt: null, token: attemptToken() };
  const cancellable = new CancellationScope();
  let cancellation: CancelRequest | null = null;
  const besides: Promise<void>[] = [];
  setHandler(cancelSignal, (asked) => {
    cancellation ??= asked;
    cancellable.cancel();
  });
  hearRetries();
  try {
    const ending = await cancellable.run(() =>
      steps({
        claimed: (attempt) => {
          claim = { ...claim, attempt };
        },
        alongside: (work) => {
          const done = work.catch(() => undefined);
          besides.push(done);
          return { done };
        },
      }),
    );
    const durations = progress.durations();
    progress.at('record');
    const recorded = control.record(request, { ...ending, failure: null }, claim, durations);
    await Promise.allSettled([recorded, ...besides]);
    return await recorded;
  } catch (error) {
    // It has not ended: it continues as another run.
    if (error instanceof ContinueAsNew) throw error;
    const step = progress.step;
    const outcome = endingOf(error, step, cancellation);
    const durations = progress.durations();
    // If a cycle has failed, nothing of it continues.
    cancellable.cancel();
    await CancellationScope.nonCancellable(() => control.record(request, outcome, claim, durations));
    await Promise.all(besides);
    throw error;
  }
}

function endingOf(error: unknown, step: string, cancellation: CancelRequest | null): Outcome {
  if (isCancellation(error))
    return { status: 'cancelled', summary: cancelledDuring(step, cancellation), failure: null };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? 'Internal') : 'Internal';
  const code: ErrorCode = type in errors ? (type as ErrorCode) : 'Internal';
  const message = cause instanceof Error ? cause.message : 'unknown';
  const failure: Failure = { code, message, advice: errors[code].advice, step, traceback: tracebackOf(cause) };
  return { status: 'failed', summary: `Failed during ${step}: ${message}`, failure };
}

const cancelledDuring = (step: string, cancellation: CancelRequest | null): string =>
  cancellation === null
    ? `Cancelled during ${step}.`
    : `Cancelled by ${cancellation.by} during ${step}: ${cancellation.reason}`;

function tracebackOf(cause: unknown): string | null {
  const detail =
    cause instanceof ApplicationFailure ? (cause.details?.[0] as { traceback?: string | null } | undefined) : undefined;
  return detail?.traceback ?? null;
}
