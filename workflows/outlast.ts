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

/** Tells a cycle that waits for a fault to try again at once. */
export const retrySignal = defineSignal('retry');

/** Records that a cycle waits, and that it continues. */
export interface Watch {
  readonly waits: (fault: Fault) => Promise<void>;
  readonly goesOn: () => Promise<void>;
}

/** What nobody foresaw may be a defect: it is not waited for. */
const defects: readonly string[] = ['Internal', 'ChildDied'] satisfies ErrorCode[];
/** How a cycle ended is written down, however long that takes. */
const neverGivenUp: readonly string[] = ['record'];

const minutes = 60_000;
const usualPauses = [2 * minutes, 4 * minutes, 8 * minutes, 15 * minutes] as const;

/** How often somebody asked a waiting cycle to try again. A workflow has this module for itself. */
let told = 0;
/** What is waited for now, by the wait: a cycle may have two steps that wait at once. */
const waiting = new Map<symbol, Fault>();

/** Answers `reign retry`. */
export function hearRetries(): void {
  setHandler(retrySignal, () => {
    told += 1;
  });
}

/** What the workflow waits for now, in words; null where it does not. */
export function waitsForFault(): string | null {
  const [fault] = waiting.values();
  if (fault === undefined) return null;
  return `${stepName(fault.step)} waits until this is fixed: ${fault.code}: ${fault.message} The next try is at ${fault.triesAgainAt}.`;
}

/**
 * Activities that outlast a fault. The first try is a burst of attempts with growing pauses; where all have failed by
 * something that can be fixed, the cycle says that it waits, and tries once at long intervals, or when somebody asks for it.
 *
 * @param burst as they are tried first: `maximumAttempts` ends the burst
 * @param once the same with one attempt
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
    // Runs of earlier releases had no burst that ends.
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

/** What can be fixed, of an activity whose attempts are used up; undefined for everything else. */
function faultIn(step: string, error: unknown): Omit<Fault, 'triesAgainAt'> | undefined {
  if (isCancellation(error) || !(error instanceof ActivityFailure)) return undefined;
  if (error.retryState !== 'MAXIMUM_ATTEMPTS_REACHED') return undefined;
  const { code, message } = said(error.cause);
  if (defects.includes(code) && !neverGivenUp.includes(step)) return undefined;
  return { step, code, message };
}

function said(cause: Error | TimeoutFailure | undefined): { code: string; message: string } {
  if (cause instanceof ApplicationFailure) return { code: cause.type ?? 'Internal', message: cause.message };
  // A worker or trainer that died, or did not answer in time, as often as it was asked.
  return { code: 'WorkerMissing', message: `${cause?.message ?? 'no answer'}.` };
}
