import { z } from 'zod';
import type { Tracker } from './openTracker.ts';
import { nothing, request, unlessMissing } from './request.ts';
import { TagList, type Tags, tagFilter, tagList } from './tags.ts';

export interface Run {
  readonly runId: string;
  readonly status: string;
  readonly startTime: number;
  readonly deleted: boolean;
  readonly tags: Tags;
}

const RunAnswer = z
  .object({
    info: z.object({
      run_id: z.string(),
      status: z.string(),
      start_time: z.number().default(0),
      lifecycle_stage: z.string(),
    }),
    data: z.object({ tags: TagList }).optional(),
  })
  .transform(
    ({ info, data }): Run => ({
      runId: info.run_id,
      status: info.status,
      startTime: info.start_time,
      deleted: info.lifecycle_stage === 'deleted',
      tags: data?.tags ?? {},
    }),
  );

/** Starts a run, with its tags from the first moment on. */
export async function createRun(tracker: Tracker, experimentId: string, name: string, tags: Tags): Promise<Run> {
  const { run } = await request(tracker, {
    method: 'POST',
    path: 'runs/create',
    body: { experiment_id: experimentId, run_name: name, start_time: Date.now(), tags: tagList(tags) },
    answer: z.object({ run: RunAnswer }),
  });
  return run;
}

export async function getRun(tracker: Tracker, runId: string): Promise<Run | undefined> {
  const answer = request(tracker, {
    method: 'GET',
    path: 'runs/get',
    query: { run_id: runId },
    answer: z.object({ run: RunAnswer }),
  });
  return (await unlessMissing(answer))?.run;
}

/** The runs of an experiment with a tag that were not deleted, the oldest first; at most 1,000. */
export async function searchRunsByTag(
  tracker: Tracker,
  experimentId: string,
  key: string,
  value: string,
): Promise<Run[]> {
  const { runs } = await request(tracker, {
    method: 'POST',
    path: 'runs/search',
    body: {
      experiment_ids: [experimentId],
      filter: tagFilter(key, value),
      run_view_type: 'ACTIVE_ONLY',
      max_results: 1000,
    },
    answer: z.object({ runs: z.array(RunAnswer).default([]) }),
  });
  return runs.toSorted((a, b) => a.startTime - b.startTime || (a.runId < b.runId ? -1 : 1));
}

/** The runs of an experiment that were not deleted, the oldest first. */
export async function searchRuns(tracker: Tracker, experimentId: string): Promise<Run[]> {
  const found: Run[] = [];
  for (let page = ''; ; ) {
    const { runs, next_page_token: next } = await request(tracker, {
      method: 'POST',
      path: 'runs/search',
      body: {
        experiment_ids: [experimentId],
        run_view_type: 'ACTIVE_ONLY',
        max_results: 1000,
        ...(page !== '' && { page_token: page }),
      },
      answer: z.object({ runs: z.array(RunAnswer).default([]), next_page_token: z.string().default('') }),
    });
    found.push(...runs);
    if (next === '') return found.toSorted((a, b) => a.startTime - b.startTime);
    page = next;
  }
}

export async function setRunTags(tracker: Tracker, runId: string, tags: Tags): Promise<void> {
  const body = { run_id: runId, tags: tagList(tags) };
  await request(tracker, { method: 'POST', path: 'runs/log-batch', body, answer: nothing });
}

export async function endRun(tracker: Tracker, runId: string, status: 'FINISHED' | 'FAILED' | 'KILLED'): Promise<void> {
  const body = { run_id: runId, status, end_time: Date.now() };
  await request(tracker, { method: 'POST', path: 'runs/update', body, answer: nothing });
}

/** Deletes a run, as MLflow does: it can be restored. One that is not there is as good as deleted. */
export async function deleteRun(tracker: Tracker, runId: string): Promise<void> {
  await unlessMissing(
    request(tracker, { method: 'POST', path: 'runs/delete', body: { run_id: runId }, answer: nothing }),
  );
}
