import { Context } from '@temporalio/activity';
import type { Kysely } from 'kysely';
import { datesToBegin, summaryOfDates } from '../gate/backfillDates.ts';
import { datesOf, noteUnbegun } from '../ledger/backfillDates.ts';
import { backfillById, endBackfill, starterOf, stopBackfill } from '../ledger/backfills.ts';
import type { Database } from '../ledger/database.ts';
import { deletionOf } from '../ledger/deletions.ts';
import { requestsAbout } from '../ledger/requests.ts';
import { retirementOf } from '../ledger/retirements.ts';
import { workflowState } from '../orchestrator/workflowState.ts';
import { actorName } from '../schemas/actor.ts';
import type { Backfill, BackfillDate } from '../schemas/backfill.ts';
import { errorOf } from '../schemas/errors.ts';
import type { CancelRequest, NextDates } from '../schemas/steps.ts';
import { wakeNextInTurn } from './wake.ts';
import type { World } from './world.ts';

/** Cycles say when they are prepared and when they end. One whose workflow is gone says nothing: reconcile ends it. */
const lookAgainSeconds = 600;
/** While cycles that were asked to end do so. */
const lookSoonSeconds = 20;

export const backfillActivities = ({ ledger: { db } }: Pick<World, 'ledger'>) => ({
  /**
   * Looks into the ledger for what a backfill is to do next.
   *
   * @param begun numbers of dates that its workflow has begun, and that the ledger did not show at the last look
   */
  async nextDates(id: string, begun: readonly number[]): Promise<NextDates> {
    const known = await backfillById(db, id);
    if (known === undefined) throw errorOf('BackfillUnknown', 'none', { id });
    const unseen = await unseenOf(db, id, begun);
    const dates = await datesOf(db, id);
    const backfill = await stoppedWhereItHasTo(db, known, dates);
    const nothing = { begin: [], begun: unseen, end: null, over: null, lookAgain: lookAgainSeconds };
    const goesOn = backfill.status === 'running' || backfill.status === 'paused';
    const hasWork = dates.some(({ state }) => goesOn && state === 'due');
    const running = dates.filter(({ state, number }) => isRunning(state) || unseen.includes(number));

    if (running.length === 0 && !hasWork) {
      const over = summaryOfDates(dates);
      await endBackfill(db, id, over);
      return { ...nothing, over };
    }
    if (!goesOn) {
      const end = { cycles: running.map(({ cycle }) => cycle), asked: await askedToEnd(db, backfill) };
      return { ...nothing, end, lookAgain: lookSoonSeconds };
    }
    if (backfill.status === 'paused') return nothing;
    // Whoever should have woken it may have died. Each look of a cycle makes its history longer: nobody is woken in vain.
    const first = dates.find(({ state }) => state !== 'ended' && state !== 'failed');
    if (first?.state === 'waiting' && !running.some(({ state }) => state === 'judging'))
      await wakeNextInTurn(db, backfill);
    const { model, lineage, definitionVersion } = backfill;
    const actor = await starterOf(db, id);
    const begin = datesToBegin(dates, unseen, backfill.parallel).map(({ number, asOf }) => ({
      number,
      request: { model, lineage, asOf, definitionVersion, trigger: 'backfill' as const, actor },
    }));
    return { ...nothing, begin };
  },
});

const isRunning = (state: BackfillDate['state']): boolean =>
  state === 'preparing' || state === 'waiting' || state === 'judging';

/**
 * Which of the dates that were begun the ledger does not show yet. One whose workflow is over without having claimed its
 * cycle has failed, and the ledger says so from now on.
 */
async function unseenOf(db: Kysely<Database>, id: string, begun: readonly number[]): Promise<number[]> {
  const isDue = async (number: number) =>
    (await datesOf(db, id)).find((date) => date.number === number && date.state === 'due');
  const unseen: number[] = [];
  for (const number of begun) {
    const before = await isDue(number);
    if (before === undefined) continue;
    const state = await workflowState(Context.current().client, before.cycle);
    if (state.kind === 'running') unseen.push(number);
    else if ((await isDue(number)) !== undefined)
      await noteUnbegun(db, before.cycle, 'Its workflow ended before it could begin the cycle.');
  }
  return unseen;
}

/** A backfill ends early where a date has failed and it was asked to stop then, and where its model is retired or deleted. */
async function stoppedWhereItHasTo(
  db: Kysely<Database>,
  backfill: Backfill,
  dates: readonly BackfillDate[],
): Promise<Backfill> {
  const { id, model, definitionVersion, stopOnFailure, status } = backfill;
  if (status !== 'running' && status !== 'paused') return backfill;
  const retirement = await retirementOf(db, model, definitionVersion);
  const deletion = await deletionOf(db, model, definitionVersion);
  const failed = dates.find(({ state }) => state === 'failed');
  if (retirement !== undefined)
    await stopBackfill(db, id, `Stopped: ${model} was retired by ${retirement.by}: ${retirement.reason}`);
  else if (deletion !== undefined)
    await stopBackfill(db, id, `Stopped: ${model} was deleted by ${deletion.by}: ${deletion.reason}`);
  else if (stopOnFailure && failed !== undefined)
    await stopBackfill(db, id, `Stopped: the cycle for ${failed.asOf} ended as ${failed.status ?? 'failed'}.`);
  else return backfill;
  return (await backfillById(db, id)) ?? backfill;
}

/** Who ends the cycles of a backfill, and why. */
async function askedToEnd(db: Kysely<Database>, { id, summary }: Backfill): Promise<CancelRequest> {
  const requests = await requestsAbout(db, { kind: 'backfill', id });
  const cancelled = requests.findLast(({ operation }) => operation === 'backfill-cancel');
  return summary?.startsWith('Stopped') || cancelled === undefined
    ? { by: 'its backfill', reason: summary ?? 'it does not go on' }
    : { by: actorName(cancelled.actor), reason: cancelled.reason ?? '' };
}
