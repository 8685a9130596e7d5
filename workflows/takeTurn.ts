import { condition, continueAsNew, defineSignal, setHandler } from '@temporalio/workflow';
import type { StepDurations } from '../schemas/progress.ts';
import type { Outcome, RetrainRequest } from '../schemas/steps.ts';
import { attemptToken } from './attemptToken.ts';
import type { reportProgress } from './progress.ts';
import { control } from './proxies.ts';

/** Tells a cycle that waits for its turn to look into the ledger: the one before it has ended, or given its turn up. */
export const turnSignal = defineSignal('turn');

/** Why a cycle ends without having had its turn. */
type NoTurn = Pick<Outcome, 'status' | 'summary'>;

/** Each look leaves about ten events. After so many the cycle continues as a new run, with an empty history. */
const looksPerRun = 100;

/**
 * Waits until no other cycle of the lineage runs, and all with an earlier asOf have had their turn.
 *
 * @returns how the cycle ends where its schedule does not let it wait; else null
 */
export async function takeTurn(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
): Promise<NoTurn | null> {
  const ended = await lookForTurn(request, progress, looksPerRun);
  if (ended !== 'not yet') return ended;
  return await continueAsNew<(request: RetrainRequest, before: StepDurations, token: string) => Promise<Outcome>>(
    request,
    progress.durations(),
    attemptToken(),
  );
}

/**
 * The same for a cycle of a backfill, which is prepared by now: it waits until every date before its own has ended. What it
 * has prepared is in its history, so it does not continue as a new run; it is looked for seldom.
 */
export async function takeTurnPrepared(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
): Promise<NoTurn | null> {
  const ended = await lookForTurn(request, progress, Number.POSITIVE_INFINITY);
  return ended === 'not yet' ? null : ended;
}

async function lookForTurn(
  request: RetrainRequest,
  progress: ReturnType<typeof reportProgress>,
  atMost: number,
): Promise<NoTurn | null | 'not yet'> {
  let told = 0;
  setHandler(turnSignal, () => {
    told += 1;
  });
  for (let looks = 0; looks < atMost; looks++) {
    const heard = told;
    const turn = await control.takeTurn(request, attemptToken());
    if (turn.kind === 'own') return null;
    if (turn.kind === 'skip') return { status: 'skipped', summary: turn.summary };
    if (turn.kind === 'cancelled') return { status: 'cancelled', summary: turn.summary };
    progress.at('wait for its turn', turn.summary);
    await condition(() => told > heard, turn.lookAgain * 1000);
  }
  return 'not yet';
}
