import { defineQuery, setHandler } from '@temporalio/workflow';
import type { StepDurations } from '../schemas/progress.ts';
import { waitsForFault } from './outlast.ts';

/** Where a workflow stands, for whoever watches it. */
export interface Progress {
  readonly step: string;
  readonly detail: string | null;
}

export const progressQuery = defineQuery<Progress>('progress');

/** Answers the `progress` query; the returned functions say which step comes next, which one it is in, and how long each took. */
export function reportProgress(): {
  at(step: string, detail?: string): void;
  readonly step: string;
  /** Of those that were begun, by the workflow's clock; the present one ends now. */
  durations(): StepDurations;
} {
  let progress: Progress = { step: 'plan', detail: null };
  const begun = [{ step: progress.step, at: Date.now() }];
  setHandler(progressQuery, () => ({ ...progress, detail: waitsForFault() ?? progress.detail }));
  return {
    at: (step, detail) => {
      progress = { step, detail: detail ?? null };
      begun.push({ step, at: Date.now() });
    },
    get step() {
      return progress.step;
    },
    durations: () => {
      const now = Date.now();
      return begun.map(({ step, at }, index) => ({ step, seconds: ((begun[index + 1]?.at ?? now) - at) / 1000 }));
    },
  };
}
