import type { PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/** Looks at features and labels before anything is judged, and stores what it saw for later cycles. */
export async function observe(plan: PlannedCycle, { train, holdout }: Snapshots): Promise<string> {
  const { observations } = await trainer.observe({
    cycle: plan.cycle,
    definition: plan.definition,
    trainSnapshot: train.contentHash,
    holdoutSnapshot: holdout.contentHash,
    past: plan.past.observations,
    lastPredictions: plan.past.lastPredictions,
  });
  await control.nameObservations(attemptOf(plan), observations);
  return observations;
}
