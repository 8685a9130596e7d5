import { z } from 'zod';

/** An activity that a workflow waits for now. */
export const PendingActivity = z.strictObject({
  /** As the workflow calls it: `fit`. */
  activity: z.string(),
  /** As people call it: `open the run in MLflow`. */
  step: z.string(),
  /** The attempt that runs, or is to come. */
  attempt: z.int(),
  /** Null until somebody takes it. */
  startedAt: z.string().nullable(),
  /** What it said last about how far it is, in words: `1,200,000 rows`. */
  heartbeat: z.string().nullable(),
  /** Why the attempt before failed. */
  lastError: z.string().nullable(),
  /** Nobody has taken it for a while: no worker or trainer listens, or all are busy. */
  unattended: z.boolean(),
});
export type PendingActivity = z.infer<typeof PendingActivity>;

/** Where a running workflow stands: the one source for everybody who watches. */
export const WorkflowProgress = z.strictObject({
  /** The workflow's own word for what it does: `score and rehearse`. Null where it does not answer. */
  step: z.string().nullable(),
  /** More about the step: which judgement, or which fault it waits for. */
  detail: z.string().nullable(),
  activities: z.array(PendingActivity).readonly(),
  /** No worker has taken the workflow's own next task for a while. */
  unattended: z.boolean(),
});
export type WorkflowProgress = z.infer<typeof WorkflowProgress>;

/** How long each step of a cycle took, in order. A step that is done twice is there twice. */
export const StepDurations = z.array(z.strictObject({ step: z.string(), seconds: z.number() })).readonly();
export type StepDurations = z.infer<typeof StepDurations>;
