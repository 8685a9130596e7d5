import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { Challenger, PlannedCycle } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/**
 * Shows a judgement on the challenger's MLflow run: metrics and pictures. The verdict rests on the document in the store:
 * where MLflow does not take it for good, the cycle ends as it was judged, with a warning.
 */
export async function showEvidence(plan: PlannedCycle, challenger: Challenger, evidence: string): Promise<void> {
  const { run, picturesLast } = challenger;
  if (!picturesLast) return;
  try {
    await trainer.show({ definition: plan.definition, run, evidence });
  } catch (error) {
    if (isCancellation(error)) return;
    const cause = error instanceof ActivityFailure ? error.cause : error;
    await control.noteUnshown(attemptOf(plan), cause instanceof Error ? cause.message : 'unknown');
  }
}
