import { defineQuery, setHandler } from '@temporalio/workflow';
import type { StepDurations } from '../schemas/progress.ts';
import { waitsForFault } from './outlast.ts';

/** Where a workflow stands, for whoever watches it. */
export interface Progress {
  readonly step: string;
  readonly detail: string | null;
}

export const progressQuery = defineQuery<Progress>('progress');

/**
 * Answers the `progress` query; the returned functions say which step comes next, which one it is in, and how long each took.
 *
 * @param before how long the steps took in earlier runs of the workflow; it goes on with the last of them
 */
export function reportProgress(before: StepDurations = []): {
  at(step: string, detail?: string): void;
  readonly step: string;
  /** Of those that were begun, by the workflow's clock; the present one ends now. */
  durations(): StepDurations;
} {
  const last = before.at(-1);
  let progress: Progress = { step: last?.step ?? 'plan', detail: null };
  const begun = [{ step: progress.step, at: Date.now() }];
  setHandler(progressQuery, () => ({ ...progress, detail: waitsForFault() ?? progress.detail }));
  return {
    at: (step, detail) => {
      if (step !== progress.step) begun.push({ step, at: Date.now() });
      progress = { step, detail: detail ?? null };
    },
    get step() {
      return progress.step;
    },
    durations: () => {
      const now = Date.now();
      const here = begun.map(({ step, at }, index) => ({ step, seconds: ((begun[index + 1]?.at ?? now) - at) / 1000 }));
      const [first] = here;
      if (last === undefined || first === undefined) return here;
      return [...before.slice(0, -1), { ...last, seconds: last.seconds + first.seconds }, ...here.slice(1)];
    },
  };
}
