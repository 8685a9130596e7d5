import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { cycleId } from '../schemas/cycle.ts';
import type { BackfillRequest, NextDates, RetrainRequest } from '../schemas/steps.ts';
import { control } from './proxies.ts';
import { cancelSignal } from './settle.ts';
import { turnSignal } from './takeTurn.ts';

/** A date leaves about 30 events here. After so many the backfill continues as a new run, with an empty history. */
const eventsPerRun = 500;

/** Live cycles have 3: where both wait for a worker or a trainer, the live one is next. */
const priority = { priorityKey: 5 } as const;

/**
 * Retrains a stretch of the past: it begins the cycles of its dates, some ahead of others, and sees that all of them end. They
 * are judged one after the other, because each champion is heir to the one before; a cycle that ends gives the turn to the
 * next one. What is to be done stands in the ledger, so a run that continues this one is handed nothing but a name.
 */
export async function backfill({ id, begun = [] }: BackfillRequest): Promise<string> {
  let told = 0;
  setHandler(turnSignal, () => {
    told += 1;
  });
  for (let unseen = begun; ; ) {
    const heard = told;
    const next = await control.nextDates(id, unseen);
    // Whoever told it something since it looked may have asked for more.
    if (next.over !== null && told === heard) return next.over;
    await Promise.all(next.begin.map(({ request }) => begin(request)));
    if (next.end !== null) await end(next.end);
    unseen = [...next.begun, ...next.begin.map(({ number }) => number)];
    if (workflowInfo().historyLength > eventsPerRun || workflowInfo().continueAsNewSuggested)
      await continueAsNew<(request: BackfillRequest) => Promise<string>>({ id, begun: unseen });
    await condition(() => told > heard, next.lookAgain * 1000);
  }
}

/** The cycle goes on whatever becomes of this workflow. */
async function begin(request: RetrainRequest): Promise<void> {
  try {
    await startChild('retrain', {
      workflowId: cycleId(request),
      args: [request],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      priority,
    });
  } catch (error) {
    // An earlier run of this workflow has begun it.
    if (!(error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError')) throw error;
  }
}

async function end({ cycles, asked }: NonNullable<NextDates['end']>): Promise<void> {
  // One that cannot be signalled has ended meanwhile.
  await Promise.allSettled(cycles.map((cycle) => getExternalWorkflowHandle(cycle).signal(cancelSignal, asked)));
}
