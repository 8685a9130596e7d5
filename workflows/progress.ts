import { defineQuery, setHandler } from '@temporalio/workflow';
import { waitsForFault } from './outlast.ts';

/** Where a workflow stands, for whoever watches it. */
export interface Progress {
  readonly step: string;
  readonly detail: string | null;
}

export const progressQuery = defineQuery<Progress>('progress');

/** Answers the `progress` query; the returned functions say which step comes next and which one it is in. */
export function reportProgress(): { at(step: string, detail?: string): void; readonly step: string } {
  let progress: Progress = { step: 'plan', detail: null };
  setHandler(progressQuery, () => ({ ...progress, detail: waitsForFault() ?? progress.detail }));
  return {
    at: (step, detail) => {
      progress = { step, detail: detail ?? null };
    },
    get step() {
      return progress.step;
    },
  };
}
