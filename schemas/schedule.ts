import { z } from 'zod';

/** When a model is retrained. What it says is held against `schedule/` when it is applied: a stored one stays readable. */
export const Schedule = z
  .strictObject({
    cron: z.string().describe('Five cron fields, such as 0 6 * * MON.'),
    timeZone: z.string().default('UTC').describe('IANA zone of the cron fields.'),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof Schedule>;
