import { z } from 'zod';
import type { Tracker } from './openTracker.ts';
import { isRefusal, MlflowRefusal, request, unlessMissing } from './request.ts';

const Experiment = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }),
});

/** The id of the experiment with that name, made where there is none. Two at once get the same. */
export async function ensureExperiment(tracker: Tracker, name: string): Promise<string> {
  const known = await findExperiment(tracker, name);
  if (known !== undefined) return known;
  try {
    const created = await request(tracker, {
      method: 'POST',
      path: 'experiments/create',
      body: { name },
      answer: z.object({ experiment_id: z.string() }),
    });
    return created.experiment_id;
  } catch (error) {
    const winner = isRefusal(error, 'RESOURCE_ALREADY_EXISTS') ? await findExperiment(tracker, name) : undefined;
    if (winner === undefined) throw error;
    return winner;
  }
}

/** The id of the experiment with that name; undefined where there is none. */
export async function findExperiment(tracker: Tracker, name: string): Promise<string | undefined> {
  const answer = request(tracker, {
    method: 'GET',
    path: 'experiments/get-by-name',
    query: { experiment_name: name },
    answer: Experiment,
  });
  const found = (await unlessMissing(answer))?.experiment;
  if (found?.lifecycle_stage === 'deleted') {
    const message = `The MLflow experiment ${name} was deleted: restore it (mlflow experiments restore --experiment-id ${found.experiment_id})`;
    throw new MlflowRefusal('EXPERIMENT_DELETED', message);
  }
  return found?.experiment_id;
}
