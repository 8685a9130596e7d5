import { event } from '../ledger/events.ts';
import { nameFit } from '../ledger/versions.ts';
import { storeCodeWarnings } from '../ledger/warnings.ts';
import type { FitResult, TrackedRun } from '../schemas/payloads.ts';
import type { CycleAttempt } from '../schemas/steps.ts';
import { openRun } from './tracking/openRun.ts';
import { registerVersion } from './tracking/registerVersion.ts';
import type { World } from './world.ts';

export const trackActivities = ({ ledger: { db }, tracker }: World) => ({
  /** Opens the attempt's one run and one logged model in MLflow, or finds those that are open. */
  async openRun(cycle: CycleAttempt): Promise<TrackedRun> {
    return openRun(tracker, db, cycle);
  },

  /** Registers what was fitted as the cycle's one version. */
  async registerVersion(cycle: CycleAttempt, fit: FitResult): Promise<number> {
    await nameFit(db, cycle, fit);
    await storeCodeWarnings(db, cycle, fit.warnings ?? []);
    return registerVersion(tracker, db, cycle);
  },

  /** Warns that MLflow does not show a judgement. */
  async noteUnshown({ id: cycle, model }: CycleAttempt, reason: string): Promise<void> {
    const warning = `MLflow does not show the evidence: ${reason}`;
    await event(db, { model, cycle, kind: 'warning', detail: { warning }, key: warning });
  },
});
