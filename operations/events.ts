import type { WorkflowProgress } from '../schemas/progress.ts';

/** What happens while an operation runs, for those who watch. */
export type OperationEvent =
  /**
   * Where the workflow stands that the operation waits for.
   *
   * `begun`: the steps that have begun since the last such event, in order and with none left out, also those that are over.
   */
  | {
      readonly kind: 'progress';
      readonly workflow: string;
      readonly begun: readonly string[];
      readonly progress: WorkflowProgress;
    }
  /** Nobody listens on a queue that the operation needs. */
  | { readonly kind: 'awaiting-worker'; readonly queue: string }
  /** A step of the operation itself. */
  | { readonly kind: 'step'; readonly step: string; readonly detail: string };
