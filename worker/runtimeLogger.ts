import { DefaultLogger, type Logger } from '@temporalio/worker';
import type { Logger as Pino } from 'pino';

/** Temporal's own log lines, as ours: warnings and errors only. */
export function runtimeLogger(log: Pino): Logger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { sdkComponent, taskQueue, workflowId, activityType, attempt, error } = (meta ?? {}) as Record<
      string,
      unknown
    >;
    const line = {
      sdkComponent,
      taskQueue,
      workflowId,
      activityType,
      attempt,
      error: error instanceof Error ? error.message : error,
    };
    if (level === 'WARN') log.warn(line, message);
    else log.error(line, message);
  });
}
