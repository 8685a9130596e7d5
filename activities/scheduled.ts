import { createHash } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import type { Kysely } from 'kysely';
import { windowsOf } from '../gate/windows.ts';
import { attemptOfToken, type Claim, claimCycle } from '../ledger/claimCycle.ts';
import { cycleById, cyclesOf } from '../ledger/cycles.ts';
import type { Database } from '../ledger/database.ts';
import { definitionVersion, latestDefinition } from '../ledger/definitions.ts';
import { deletionOf } from '../ledger/deletions.ts';
import { recordOutcome } from '../ledger/recordOutcome.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { periodAt } from '../ledger/schedulePeriods.ts';
import { claimTurn, explainWaiting } from '../ledger/turns.ts';
import { fixedLength } from '../schedule/fixedLength.ts';
import { isNominal, nextTime, previousTime, type Timing, timingOf } from '../schedule/nominalTimes.ts';
import type { Actor } from '../schemas/actor.ts';
import { cycleId } from '../schemas/cycle.ts';
import { instantOf } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Schedule } from '../schemas/schedule.ts';
import type { DueCycle, RetrainRequest, Turn } from '../schemas/steps.ts';
import { checkRequest } from './checkRequest.ts';
import { takeTurnInBackfill } from './takeTurnInBackfill.ts';
import { wakeNextInTurn } from './wake.ts';
import type { World } from './world.ts';

/** For how long a cycle leaves the turn to the one of the nominal time before it, which the ledger does not know yet. */
const graceSeconds = 60;
/** Whoever has the turn wakes the next cycle when it gives it up. One whose workflow is gone wakes nobody. */
const lookAgainSeconds = 600;

export const scheduledActivities = ({ ledger: { db } }: Pick<World, 'ledger'>) => ({
  /**
   * What becomes of a nominal time. A missed one that the schedule does not catch up with is recorded as skipped.
   *
   * @param begunAt when its starter began: after the next nominal time it was missed
   */
  async dueCycle(model: string, asOf: string, begunAt: string): Promise<DueCycle> {
    const latest = await latestDefinition(db, model);
    const timing = await timingAt(db, model, asOf);
    if (latest === undefined || (await deletionOf(db, model, latest.version)) !== undefined)
      return { kind: 'nothing', summary: `There is no model ${model}.` };
    if (timing === null)
      return { kind: 'nothing', summary: `${asOf} is not a nominal time of the schedule of ${model}.` };

    const actor: Actor = { kind: 'schedule', name: model, authentication: 'internal' };
    const request: RetrainRequest = {
      ...{ model, lineage: 'live', asOf, definitionVersion: latest.version },
      ...{ trigger: 'schedule', actor },
    };
    const at = Date.parse(asOf) / 1000;
    const { schedule } = latest.definition;
    const missed =
      (await retiredBecause(db, request)) ??
      missedBecause(timing, at, Date.parse(begunAt) / 1000, schedule?.catchUp ?? 'all');
    if (missed !== null) {
      await skip(db, request, missed);
      return { kind: 'nothing', summary: missed };
    }
    return { kind: 'start', request };
  },

  /**
   * Says whether a cycle may go on now. A scheduled one asks before it begins, and is claimed by that; one of a backfill
   * asks when it is prepared.
   */
  async takeTurn(request: RetrainRequest, attemptToken: string): Promise<Turn> {
    const { model, lineage, asOf } = request;
    const id = cycleId(request);
    checkRequest(request, activityInfo().workflowExecution?.workflowId ?? '');
    if (request.trigger === 'backfill') return await takeTurnInBackfill(db, request, attemptToken);
    const timing = await timingAt(db, model, asOf);
    if (timing === null) throw errorOf('RequestForged', 'noNominalTime', { cycle: id, asOf, model });
    const { outcome, cycle } = await claim(db, request, attemptToken, { inTurn: true });
    if (outcome === 'settled' || cycle.waitsFor !== 'turn') return { kind: 'own' };
    const retired = await retiredBecause(db, request);
    if (retired !== null) return { kind: 'skip', summary: retired };

    const attempt = { id, attempt: cycle.attempt };
    const waits = async (summary: string, lookAgain: number): Promise<Turn> => {
      await explainWaiting(db, attempt, summary);
      return { kind: 'other', summary, lookAgain };
    };
    const { schedule } = (await latestDefinition(db, model))?.definition ?? {};
    const waited = (Date.now() - Date.parse(cycle.startedAt)) / 1000;
    const jitter = pauseSeconds(schedule?.jitter, timing, model, Date.parse(asOf) / 1000) - waited;
    if (jitter > 0)
      return await waits('Waits for as long as its schedule spreads the cycles (jitter).', Math.ceil(jitter));
    const before = await dueBefore(db, request, timing);
    if (before !== null && waited < graceSeconds)
      return await waits(waitsUntil(before), Math.ceil(graceSeconds - waited));
    const ahead = await claimTurn(db, { ...attempt, model, lineage, asOf });
    if (ahead === undefined) return { kind: 'own' };
    if (schedule?.overlap === 'skip' && ahead.asOf < asOf) {
      const summary = `Skipped: the cycle for ${ahead.asOf} had not ended, and the schedule's overlap is skip.`;
      return { kind: 'skip', summary };
    }
    return await waits(waitsUntil(ahead.asOf), lookAgainSeconds);
  },
});

const waitsUntil = (asOf: string): string => `Waits until the cycle for ${asOf} has had its turn.`;

/** The schedule of a time, where the time is one of its nominal times: only those are paid for by its account. */
async function timingAt(db: Kysely<Database>, model: string, asOf: string): Promise<Timing | null> {
  const period = await periodAt(db, model, asOf);
  const timing = period === undefined || period.paused ? null : timingOf(period.schedule);
  return timing !== null && isNominal(timing, Date.parse(asOf) / 1000) ? timing : null;
}

/** Why a nominal time from before the retirement of its model is not run. Looked up after the claim: whoever retires the model sees the cycle. */
async function retiredBecause(
  db: Kysely<Database>,
  { model, definitionVersion }: RetrainRequest,
): Promise<string | null> {
  const retirement = await retirementOf(db, model, definitionVersion);
  return retirement === undefined ? null : `Skipped: the model was retired by ${retirement.by}: ${retirement.reason}`;
}

/** Why a nominal time is not run; null where it is. Times are in seconds since 1970. */
function missedBecause(timing: Timing, at: number, begunAt: number, catchUp: Schedule['catchUp']): string | null {
  const next = nextTime(timing, at);
  if (catchUp === 'all' || next === null || begunAt < next) return null;
  const missed = `Skipped: it began at ${instantOf(begunAt * 1000)}, after the next nominal time ${instantOf(next * 1000)}`;
  if (catchUp === 'none') return `${missed}, and the schedule's catchUp is none.`;
  const afterNext = nextTime(timing, next);
  if (afterNext === null || begunAt < afterNext) return null;
  return `${missed}; the schedule's catchUp is latest, and this was not the latest one that was missed.`;
}

/** The same for the same model and asOf, whoever asks; never as long as until the next nominal time. */
function pauseSeconds(jitter: string | undefined, timing: Timing, model: string, at: number): number {
  const longest = jitter === undefined ? 0 : (fixedLength(jitter) ?? 0);
  const gap = (nextTime(timing, at) ?? at + longest) - at;
  const share = createHash('sha256').update(`${model} ${at}`).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(Math.min(longest, gap) * share);
}

async function claim(
  db: Kysely<Database>,
  request: RetrainRequest,
  attemptToken: string,
  { inTurn = false } = {},
): Promise<Claim> {
  const { model, definitionVersion: version } = request;
  const stored = await definitionVersion(db, model, version);
  if (stored === undefined) throw errorOf('ModelUnknown', 'versionNotApplied', { version, model });
  const windows = windowsOf(request.asOf, stored.definition.windows);
  return await claimCycle(db, { id: cycleId(request), ...request, windows, attemptToken, inTurn });
}

async function skip(db: Kysely<Database>, request: RetrainRequest, summary: string): Promise<void> {
  const token = activityInfo().workflowExecution?.runId ?? '';
  const id = cycleId(request);
  // Somebody has run it by hand meanwhile: it was not missed.
  if ((await cycleById(db, id)) !== undefined && (await attemptOfToken(db, id, token)) === undefined) return;
  const { outcome, cycle } = await claim(db, request, token);
  if (outcome === 'settled') return;
  await recordOutcome(db, cycle.id, { attempt: cycle.attempt, status: 'skipped', summary });
  await wakeNextInTurn(db, request);
}

/** The nominal time before, where its schedule was in force and the ledger knows no cycle for it yet. */
async function dueBefore(
  db: Kysely<Database>,
  { model, lineage, asOf }: RetrainRequest,
  timing: Timing,
): Promise<string | null> {
  const before = previousTime(timing, Date.parse(asOf) / 1000);
  if (before === null) return null;
  const earlier = instantOf(before * 1000);
  if ((await timingAt(db, model, earlier)) === null) return null;
  const known = await cyclesOf(db, model, { lineage, asOf: earlier, limit: 1 });
  return known.length === 0 ? earlier : null;
}
