import { z } from 'zod';

/** When a model is retrained. What it says is held against `schedule/` when it is applied: a stored one stays readable. */
export const Schedule = z
  .strictObject({
    cron: z.string().optional().describe('Five cron fields, such as 0 6 * * MON. Or an interval.'),
    interval: z.string().optional().describe('How long from one nominal time to the next, such as PT12H. Or a cron.'),
    phase: z.string().optional().describe('With an interval: how long after 1970-01-01T00:00:00Z it is counted from.'),
    timeZone: z.string().default('UTC').describe('IANA zone of the cron fields.'),
    jitter: z
      .string()
      .optional()
      .describe(
        'At most how long after its nominal time a cycle begins. The same cycle always waits for the same time.',
      ),
    overlap: z
      .enum(['queue', 'skip'])
      .default('queue')
      .describe('What a cycle does while an earlier one of the model runs: wait for its turn, or be skipped.'),
    catchUp: z
      .enum(['all', 'latest', 'none'])
      .default('all')
      .describe('Which of the nominal times that were missed are run: those that begin after the next one was due.'),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;
