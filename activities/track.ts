import { activityInfo } from '@temporalio/activity';
import { event } from '../ledger/events.ts';
import { nameChallenger, nameFit } from '../ledger/versions.ts';
import { storeCodeWarnings } from '../ledger/warnings.ts';
import { liveLineage } from '../schemas/lineage.ts';
import type { FitResult, TrackedRun } from '../schemas/payloads.ts';
import type { CycleAttempt } from '../schemas/steps.ts';
import { openRun } from './tracking/openRun.ts';
import { registerVersion } from './tracking/registerVersion.ts';
import type { World } from './world.ts';

export const trackActivities = ({ ledger: { db }, tracker }: World) => ({
  /** Opens the attempt's one run and one logged model in MLflow, or finds those that are open. */
  async openRun(cycle: CycleAttempt): Promise<TrackedRun> {
    return openRun(tracker, db, cycle, isRetry());
  },

  /**
   * Registers what was fitted as the cycle's one version, and gives its number. Versions of other lineages than the live one
   * are not registered: whoever asks MLflow for a model's latest version never gets a counterfactual.
   */
  async registerVersion(cycle: CycleAttempt, fit: FitResult): Promise<number | null> {
    await nameFit(db, cycle, fit);
    await storeCodeWarnings(db, cycle, fit.warnings ?? []);
    if (cycle.lineage !== liveLineage) return await nameChallenger(db, cycle);
    return registerVersion(tracker, db, cycle, isRetry());
  },

  /** Warns that MLflow does not show something of a cycle. */
  async noteUnshown({ id: cycle, model }: CycleAttempt, warning: string): Promise<void> {
    await event(db, { model, cycle, kind: 'warning', detail: { warning }, key: warning });
  },
});

/** Whether an earlier try of the activity may have left something in MLflow. */
const isRetry = (): boolean => activityInfo().attempt > 1;
