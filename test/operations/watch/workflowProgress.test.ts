import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { tasksOf } from '../../../cli/showEvent.ts';
import { progressIn } from '../../../operations/watch/workflowProgress.ts';

const look = (raw: object) => progressIn(raw as Parameters<typeof progressIn>[0]);
const ago = (seconds: number) => ({ seconds: Math.floor(Date.now() / 1000) - seconds });
const heartbeat = (beat: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(beat)] });

test('every pending activity is there, with its attempt, its heartbeat and the error of the catalogue that it met', () => {
  const lastFailure = {
    message: 'Activity task failed',
    cause: { message: 'SourceUnavailable: no answer', applicationFailureInfo: { type: 'SourceUnavailable' } },
  };
  const { activities, unattended } = look({
    pendingActivities: [
      { activityType: { name: 'openRun' }, attempt: 7, lastFailure, lastStartedTime: ago(5) },
      {
        activityType: { name: 'extract' },
        attempt: 1,
        lastStartedTime: ago(60),
        heartbeatDetails: heartbeat({ stage: 'extracting', rows: 1_200_000 }),
      },
      { activityType: { name: 'fit' }, attempt: 1, scheduledTime: ago(30) },
    ],
  });
  expect(unattended).toBe(false);
  expect(activities).toMatchObject([
    { step: 'open the run in MLflow', attempt: 7, lastError: 'SourceUnavailable: no answer', unattended: false },
    { activity: 'extract', attempt: 1, lastError: null, heartbeat: 'extracting, 1,200,000 rows' },
    { activity: 'fit', startedAt: null, unattended: true },
  ]);
  expect(tasksOf({ step: 'fit', detail: null, activities, unattended })).toEqual([
    { step: 'open the run in MLflow', detail: 'attempt 7, since: SourceUnavailable: no answer', waits: true },
    { step: 'extract', detail: 'extracting, 1,200,000 rows', waits: false },
    { step: 'fit', detail: expect.stringMatching(/^nobody has taken it/), waits: true },
  ]);
});

test('a workflow without an activity says what it waits for; without a worker, that nobody takes its task', () => {
  const fault = 'extract waits until this is fixed: SourceUnavailable: no answer';
  const waiting = { step: 'extract', detail: fault, ...look({}) };
  expect(tasksOf(waiting)).toEqual([{ step: 'extract', detail: fault, waits: true }]);
  const { unattended } = look({ pendingWorkflowTask: { scheduledTime: ago(30) } });
  expect(unattended).toBe(true);
  expect(tasksOf({ step: null, detail: null, activities: [], unattended })).toMatchObject([{ waits: true }]);
  expect(look({ pendingWorkflowTask: { scheduledTime: ago(2) } }).unattended).toBe(false);
});
