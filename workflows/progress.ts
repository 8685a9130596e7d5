import { defineQuery, setHandler } from '@temporalio/workflow';
import type { StepDurations } from '../schemas/progress.ts';
import { waitsForFault } from './outlast.ts';

/** How far a workflow is, for those who watch it. */
export interface Progress {
  readonly step: string;
  readonly detail: string | null;
}

export const progressQuery = defineQuery<Progress>('progress');

/**
 * Answers the `progress` query. Of the returned functions one sets the present step, and the others tell it and how long
 * each step took.
 *
 * @param before how long the steps took in earlier runs of the workflow; the last of these steps continues
 */
export function reportProgress(before: StepDurations = []): {
  at(step: string, detail?: string): void;
  readonly step: string;
  /** How long each step took by the workflow's clock; the present one ends now. */
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
