import { z } from 'zod';
import type { Tracker } from './openTracker.ts';
import { nothing, request, unlessMissing } from './request.ts';
import { TagList, type Tags, tagFilter, tagList } from './tags.ts';

/** What MLflow calls a logged model: the artifact of a fit, of a run, before and apart from any registered version. */
export interface LoggedModel {
  readonly modelId: string;
  readonly sourceRunId: string;
  /** LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED. */
  readonly status: string;
  readonly createdAt: number;
  readonly artifactLocation: string;
  readonly tags: Tags;
}

const LoggedModelAnswer = z
  .object({
    info: z.object({
      model_id: z.string(),
      source_run_id: z.string().default(''),
      status: z.string(),
      creation_timestamp_ms: z.number(),
      artifact_uri: z.string().default(''),
      tags: TagList,
    }),
  })
  .transform(
    ({ info }): LoggedModel => ({
      modelId: info.model_id,
      sourceRunId: info.source_run_id,
      status: info.status,
      createdAt: info.creation_timestamp_ms,
      artifactLocation: info.artifact_uri,
      tags: info.tags,
    }),
  );

/** Makes a logged model without content (PENDING); `log_model(model_id=...)` fills it. */
export async function createLoggedModel(
  tracker: Tracker,
  { experimentId, name, runId, tags }: { experimentId: string; name: string; runId: string; tags: Tags },
): Promise<LoggedModel> {
  const { model } = await request(tracker, {
    method: 'POST',
    path: 'logged-models',
    body: { experiment_id: experimentId, name, source_run_id: runId, tags: tagList(tags) },
    answer: z.object({ model: LoggedModelAnswer }),
  });
  return model;
}

export async function getLoggedModel(tracker: Tracker, modelId: string): Promise<LoggedModel | undefined> {
  const answer = request(tracker, {
    method: 'GET',
    path: `logged-models/${encodeURIComponent(modelId)}`,
    answer: z.object({ model: LoggedModelAnswer }),
  });
  return (await unlessMissing(answer))?.model;
}

/** The logged models of an experiment with a tag, the oldest first; at most 50. */
export async function searchLoggedModelsByTag(
  tracker: Tracker,
  experimentId: string,
  key: string,
  value: string,
): Promise<LoggedModel[]> {
  const { models } = await request(tracker, {
    method: 'POST',
    path: 'logged-models/search',
    body: { experiment_ids: [experimentId], filter: tagFilter(key, value), max_results: 50 },
    answer: z.object({ models: z.array(LoggedModelAnswer).default([]) }),
  });
  return models.toSorted((a, b) => a.createdAt - b.createdAt || (a.modelId < b.modelId ? -1 : 1));
}

/** Deletes a logged model. One that is not there is as good as deleted. */
export async function deleteLoggedModel(tracker: Tracker, modelId: string): Promise<void> {
  const path = `logged-models/${encodeURIComponent(modelId)}`;
  await unlessMissing(request(tracker, { method: 'DELETE', path, answer: nothing }));
}
