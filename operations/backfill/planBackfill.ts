import type { Kysely } from 'kysely';
import { backfillDates } from '../../gate/backfillDates.ts';
import { windowsOf } from '../../gate/windows.ts';
import { championBefore } from '../../ledger/champions.ts';
import type { Database } from '../../ledger/database.ts';
import { definitionVersion } from '../../ledger/definitions.ts';
import { deletionOf } from '../../ledger/deletions.ts';
import { knownVersion } from '../../ledger/knownVersion.ts';
import type { Ledger } from '../../ledger/openLedger.ts';
import { knownRows, pastDurations, windowsKey } from '../../ledger/pastDurations.ts';
import { versionOf } from '../../ledger/versions.ts';
import { timingOf } from '../../schedule/nominalTimes.ts';
import type { BackfillPlan } from '../../schemas/backfill.ts';
import type { Definition } from '../../schemas/definition.ts';
import { after, isDuration } from '../../schemas/durations.ts';
import { errorOf } from '../../schemas/errors.ts';
import { liveLineage } from '../../schemas/lineage.ts';
import type { StepDurations } from '../../schemas/progress.ts';
import { parseAsOf } from '../parseAsOf.ts';
import { presentModel } from '../presentModel.ts';
import { refuseRetired } from '../refuseRetired.ts';

/** What is asked of a backfill, as a person writes it. */
export interface AskedBackfill {
  readonly model: string;
  readonly from: string;
  readonly to: string;
  /** Null: the times of the definition's schedule. */
  readonly every: string | null;
  readonly parallel: number;
  /** Null: the newest. */
  readonly definition: number | null;
  /** `none`, `live` or the number of a version. */
  readonly startFrom: string;
  readonly stopOnFailure: boolean;
}

const mostDates = 5000;

/**
 * What a backfill would do, by the ledger alone.
 *
 * @throws ReignError ModelUnknown, ModelRetired, AsOfInvalid, AsOfInFuture, UsageInvalid, VersionUnknown, BackfillRefused
 */
export async function planBackfill(ledger: Ledger, asked: AskedBackfill, now: Date): Promise<BackfillPlan> {
  const { db } = ledger;
  const { model, every, parallel, stopOnFailure, startFrom } = asked;
  const newest = await presentModel(ledger, model);
  const version = asked.definition ?? newest.version;
  const stored = await definitionVersion(db, model, version);
  if (stored === undefined || (await deletionOf(db, model, version)) !== undefined)
    throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
  await refuseRetired(ledger, model, version);
  const [from, to] = [parseAsOf(asked.from), parseAsOf(asked.to)];
  if (from > to) throw errorOf('UsageInvalid', 'backfillRange', { from, to });
  if (Date.parse(to) > now.getTime()) throw errorOf('AsOfInFuture', 'future', { asOf: to });
  const { definition } = stored;
  const dates = datesOf({ model, definition, every }, { from, to });
  const rows = await knownRows(db, model);
  return {
    format: 1,
    ...{ model, definitionVersion: version, definitionAsked: asked.definition !== null },
    ...{ from, to, every, parallel, stopOnFailure, startFrom },
    origin: await originOf(db, { model, startFrom, from: dates[0] ?? from }),
    dates: dates.map((asOf) => {
      const { train, holdout } = windowsOf(asOf, definition.windows);
      const read = rows.get(windowsKey(train.from, train.to, holdout.from, holdout.to));
      return { asOf, train, holdout, rows: read ?? { train: null, holdout: null } };
    }),
    cost: costOf(await pastDurations(db, model), dates.length, parallel),
  };
}

function datesOf(
  {
    model,
    definition,
    every,
  }: { readonly model: string; readonly definition: Definition; readonly every: string | null },
  range: { readonly from: string; readonly to: string },
): string[] {
  const { schedule, windows } = definition;
  const timing = every === null && schedule !== undefined ? timingOf(schedule) : null;
  if (every === null && timing === null) throw errorOf('UsageInvalid', 'backfillTimes', { model });
  if (every !== null && !hasLength(every)) throw errorOf('UsageInvalid', 'backfillEvery', { found: every });
  const by = timing === null ? { every: every ?? '', timeZone: windows.timeZone ?? 'UTC' } : { timing };
  const dates = backfillDates(range, by, mostDates);
  const what = every === null ? 'the schedule' : `one every ${every}`;
  if (dates.length === 0) throw errorOf('UsageInvalid', 'backfillEmpty', { ...range, what });
  if (dates.length > mostDates) throw errorOf('UsageInvalid', 'backfillLong', { most: mostDates });
  return dates;
}

/** Any date will do to tell whether a duration has a length. */
const someTime = '2001-01-01T00:00:00Z';
const hasLength = (every: string): boolean => isDuration(every) && after(someTime, every) > someTime;

/** The version that reigns before the first promotion. It must have been fitted before the first date: champions only move forward. */
async function originOf(
  db: Kysely<Database>,
  { model, startFrom, from }: Pick<AskedBackfill, 'model' | 'startFrom' | 'from'>,
): Promise<string | null> {
  if (startFrom === 'none') return null;
  if (startFrom === 'live') {
    const champion = await championBefore(db, model, liveLineage, from);
    if (champion === undefined) throw errorOf('BackfillRefused', 'nobodyBefore', { model, from });
    return champion.id;
  }
  const number = Number(startFrom);
  const { id } = await knownVersion(db, model, number);
  const fitted = await versionOf(db, { model, version: number });
  const asOf = fitted?.asOf;
  if (asOf === undefined || asOf >= from)
    throw errorOf('BackfillRefused', 'originLater', { model, version: number, asOf: asOf ?? 'an unknown time', from });
  return id;
}

const ahead: readonly string[] = ['plan', 'forecast', 'extract', 'inspect', 'fit', 'score and rehearse'];
const judging: readonly string[] = ['plan the contest', 'observe and score the champion', 'evaluate', 'promote'];

/** What a date is expected to take, from the middle one of earlier cycles. */
function costOf(past: readonly StepDurations[], dates: number, parallel: number): BackfillPlan['cost'] {
  const secondsOf = (steps: readonly string[]) =>
    median(past.map((one) => one.reduce((sum, { step, seconds }) => sum + (steps.includes(step) ? seconds : 0), 0)));
  const [prepare, judge] = [secondsOf(ahead), secondsOf(judging)];
  return {
    cycles: past.length,
    prepareSeconds: prepare,
    judgeSeconds: judge,
    totalSeconds: prepare === null || judge === null ? null : totalSeconds(dates, parallel, prepare, judge),
  };
}

/** Dates are prepared at once and judged one after the other: the slower of the two lasts, and the other begins or ends it. */
export const totalSeconds = (dates: number, parallel: number, prepare: number, judge: number): number =>
  Math.max(prepare * Math.ceil(dates / parallel) + judge, prepare + judge * dates);

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
