import { z } from 'zod';
import type { Tracker } from './openTracker.ts';
import { request, unlessMissing } from './request.ts';

/** A dataset that a run read. */
export interface RunDataset {
  readonly name: string;
  /** What it was for: `train`, `holdout`; null where nothing says. */
  readonly context: string | null;
  /** JSON, as whoever logged it wrote it. */
  readonly source: string;
}

export interface RunInputs {
  readonly experimentId: string;
  readonly datasets: readonly RunDataset[];
}

const Answer = z.object({
  run: z.object({
    info: z.object({ experiment_id: z.string() }),
    inputs: z
      .object({
        dataset_inputs: z
          .array(
            z.object({
              tags: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]),
              dataset: z.object({ name: z.string(), source: z.string().default('') }),
            }),
          )
          .default([]),
      })
      .optional(),
  }),
});

/** What a run read; undefined where MLflow has no such run. */
export async function getRunInputs(tracker: Tracker, runId: string): Promise<RunInputs | undefined> {
  const answer = await unlessMissing(
    request(tracker, { method: 'GET', path: 'runs/get', query: { run_id: runId }, answer: Answer }),
  );
  if (answer === undefined) return undefined;
  const { info, inputs } = answer.run;
  return {
    experimentId: info.experiment_id,
    datasets: (inputs?.dataset_inputs ?? []).map(({ tags, dataset }) => ({
      ...dataset,
      context: tags.find(({ key }) => key === 'mlflow.data.context')?.value ?? null,
    })),
  };
}
