import { ActivityFailure, isCancellation, patched } from '@temporalio/workflow';
import type { TrackedRun } from '../schemas/payloads.ts';
import type { Challenger, PlannedCycle } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/** Draws the challenger's training onto its MLflow run. */
export const showTraining = (plan: PlannedCycle, challenger: Challenger): Promise<void> =>
  show(plan, challenger, 'training', (run) => trainer.showTraining({ definition: plan.definition, run }));

/** Shows what was measured on the challenger's MLflow run, as metrics and pictures, while the gate decides. */
export const showEvidence = (
  plan: PlannedCycle,
  challenger: Challenger,
  evidence: string,
  deciding: Promise<unknown>,
): Promise<void> =>
  show(plan, challenger, 'evidence', async (run) => {
    // Older cycles showed the evidence only after the decision.
    try {
      if (!patched('shownWhileDeciding')) await deciding;
    } catch {
      return;
    }
    await trainer.showEvidence({ run, evidence });
  });

/**
 * The verdict rests on documents in the store, so it does not need MLflow to show them. If MLflow refuses for good, the
 * cycle ends as it was judged, with a warning.
 */
async function show(
  plan: PlannedCycle,
  { trainingPictures, run }: Challenger,
  what: string,
  onRun: (run: TrackedRun) => Promise<void>,
): Promise<void> {
  if (trainingPictures === 'track' || run === null) return;
  try {
    await onRun(run);
  } catch (error) {
    if (isCancellation(error)) return;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : 'unknown';
    await control.noteUnshown(attemptOf(plan), `MLflow does not show the ${what}: ${reason}`);
  }
}
