import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  defineSignal,
  isCancellation,
  patched,
  setHandler,
  type TimeoutFailure,
} from '@temporalio/workflow';
import type { ErrorCode } from '../schemas/errors.ts';
import { stepName } from '../schemas/stepNames.ts';
import type { Fault } from '../schemas/steps.ts';

/** Tells a cycle that waits until a fault is fixed to try again at once. */
export const retrySignal = defineSignal('retry');

/** Records that a cycle waits, and that it continues. */
export interface Watch {
  readonly waits: (fault: Fault) => Promise<void>;
  readonly goesOn: () => Promise<void>;
}

/** An unexpected error may be a defect, so a cycle does not wait for it to be fixed. */
const defects: readonly string[] = ['Internal', 'ChildDied'] satisfies ErrorCode[];
/** Recording how a cycle ended is tried until it works, whatever the error. */
const neverGivenUp: readonly string[] = ['record'];

const minutes = 60_000;
const usualPauses = [2 * minutes, 4 * minutes, 8 * minutes, 15 * minutes] as const;

/** How often a person asked the waiting cycle to try again. Each workflow has its own instance of this module. */
let told = 0;
/** The faults that the cycle waits for now. Two steps of a cycle may wait at the same time, each under its own key. */
const waiting = new Map<symbol, Fault>();

/** Answers `reign retry`. */
export function hearRetries(): void {
  setHandler(retrySignal, () => {
    told += 1;
  });
}

/** What the workflow waits for now, in words; null if it does not wait. */
export function waitsForFault(): string | null {
  const [fault] = waiting.values();
  if (fault === undefined) return null;
  return `${stepName(fault.step)} waits until this is fixed: ${fault.code}: ${fault.message} The next try is at ${fault.triesAgainAt}.`;
}

/**
 * Activities that outlast a fault. Each begins with a burst of attempts with growing pauses. If all of them fail by
 * something that a person can fix, the cycle records that it waits. From then on it tries once at long intervals, and
 * whenever a person asks for it.
 *
 * @param burst the activities with the retry policy of the burst: `maximumAttempts` ends it
 * @param once the same activities with one attempt
 * @param pauses how long to wait before each further attempt, in milliseconds; the last one repeats
 */
export function outlasting<Activities extends object>(
  burst: Activities,
  once: Activities,
  watch: Watch,
  pauses: readonly number[] = usualPauses,
): Activities {
  return new Proxy(burst, {
    get:
      (_, name) =>
      (...given: unknown[]) => {
        const from = (activities: Activities) => (Reflect.get(activities, name) as Step)(...given);
        return outlast(
          String(name),
          () => from(burst),
          () => from(once),
          watch,
          pauses,
        );
      },
  });
}

type Step = (...given: unknown[]) => Promise<unknown>;

async function outlast(
  step: string,
  burst: () => Promise<unknown>,
  once: () => Promise<unknown>,
  watch: Watch,
  pauses: readonly number[],
): Promise<unknown> {
  let answer: unknown;
  let fault: Omit<Fault, 'triesAgainAt'> | undefined;
  try {
    return await burst();
  } catch (error) {
    fault = faultIn(step, error);
    // In runs of earlier releases the burst never ended.
    if (fault === undefined || !patched('outlast-faults')) throw error;
  }
  const wait = Symbol(step);
  try {
    for (let round = 0; fault !== undefined; round++) {
      const pause = pauses[Math.min(round, pauses.length - 1)] ?? 15 * minutes;
      const before = told;
      const waited = { ...fault, triesAgainAt: new Date(Date.now() + pause).toISOString().replace(/\.\d+/, '') };
      waiting.set(wait, waited);
      await watch.waits(waited);
      await condition(() => told > before, pause);
      try {
        answer = await once();
        fault = undefined;
      } catch (error) {
        fault = faultIn(step, error);
        if (fault === undefined) throw error;
      }
    }
  } finally {
    waiting.delete(wait);
  }
  if (waiting.size === 0) await watch.goesOn();
  return answer;
}

/** The fault that made an activity use up its attempts, if a person can fix it; undefined for any other error. */
function faultIn(step: string, error: unknown): Omit<Fault, 'triesAgainAt'> | undefined {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return undefined;
  if (error.retryState !== 'MAXIMUM_ATTEMPTS_REACHED') return undefined;
  const { code, message } = said(error.cause);
  if (defects.includes(code) && !neverGivenUp.includes(step)) return undefined;
  return { step, code, message };
}

function said(cause: Error | TimeoutFailure | undefined): { code: string; message: string } {
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'Internal', message: cause.message };
  // In every attempt the worker or trainer died, or did not answer in time.
  return { code: 'WorkerMissing', message: `${cause?.message ?? 'no answer'}.` };
}
