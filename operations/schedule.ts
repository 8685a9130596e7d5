import { z } from 'zod';
import { cyclesOf } from '../ledger/cycles.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { type SchedulePeriod, schedulePeriods } from '../ledger/schedulePeriods.ts';
import { lastTimes, nextTimes, timingOf } from '../schedule/nominalTimes.ts';
import { cycleStatuses } from '../schemas/cycle.ts';
import { instantOf } from '../schemas/durations.ts';
import { Instant } from '../schemas/primitives.ts';
import { Schedule } from '../schemas/schedule.ts';
import type { OperationContext } from './context.ts';
import { knownModel } from './knownModel.ts';
import { operation } from './operation.ts';
import { ShownRetirement, shownRetirement } from './shownRetirement.ts';

/** How many times are shown of those to come, and of those that were. */
const [shownNext, shownLast] = [5, 10];

export const scheduleOperation = operation({
  name: 'schedule',
  description: "show a model's next nominal times, and what became of the last ones",
  request: z.strictObject({ model: z.string() }),
  answer: z.strictObject({
    model: z.string(),
    /** Null where the model has no schedule. */
    schedule: Schedule.nullable(),
    /** Since when, by whom and why nothing is started; null where it is not paused. */
    paused: z.strictObject({ since: z.string(), by: z.string(), reason: z.string().nullable() }).nullable(),
    retirement: ShownRetirement,
    /** As if it were not paused. */
    next: z.array(Instant),
    /** The latest first. */
    last: z.array(
      z.strictObject({
        asOf: Instant,
        /** `paused`: the schedule was. `missing`: nothing was started, and nothing says why. Else the status of its cycle. */
        outcome: z.enum([...cycleStatuses, 'paused', 'missing']),
        cycle: z.string().nullable(),
        summary: z.string().nullable(),
      }),
    ),
  }),
  run: async ({ ledger, now }: Pick<OperationContext, 'ledger' | 'now'>, { model }) => {
    const { version } = await knownModel(ledger, model);
    const periods = (await schedulePeriods(ledger.db, model)).toReversed();
    const at = Math.floor(now().getTime() / 1000);
    const [current] = periods;
    const inForce = current !== undefined && current.to === null ? current : undefined;
    const timing = inForce === undefined ? null : timingOf(inForce.schedule);
    const past = lastOf(periods, at);
    const cycles = await cyclesOf(ledger.db, model, { lineage: 'live' });
    return {
      model,
      schedule: inForce?.schedule ?? null,
      retirement: shownRetirement((await retirementOf(ledger.db, model, version)) ?? null),
      paused: inForce?.paused ? { since: inForce.from, by: inForce.by, reason: inForce.reason } : null,
      next: timing === null ? [] : nextTimes(timing, at, shownNext).map((time) => instantOf(time * 1000)),
      last: past.map(({ asOf, period }) => {
        const cycle = cycles.find((one) => one.asOf === asOf);
        if (cycle !== undefined) return { asOf, outcome: cycle.status, cycle: cycle.id, summary: cycle.summary };
        return period.paused
          ? { asOf, outcome: 'paused' as const, cycle: null, summary: period.reason }
          : { asOf, outcome: 'missing' as const, cycle: null, summary: null };
      }),
    };
  },
});

/** The last nominal times up to `now`, in seconds since 1970, each with the period that it lies in. */
function lastOf(periods: readonly SchedulePeriod[], now: number): { asOf: string; period: SchedulePeriod }[] {
  const found: { asOf: string; period: SchedulePeriod }[] = [];
  for (const period of periods) {
    const timing = timingOf(period.schedule);
    if (timing === null) continue;
    const end = period.to === null ? now + 1 : Date.parse(period.to) / 1000;
    for (const time of lastTimes(timing, Math.ceil(end), shownLast - found.length))
      if (time * 1000 >= Date.parse(period.from)) found.push({ asOf: instantOf(time * 1000), period });
    if (found.length >= shownLast) break;
  }
  return found;
}
