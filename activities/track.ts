import { nameFit } from '../ledger/versions.ts';
import type { CycleIdentity, FitResult, TrackedRun } from '../schemas/payloads.ts';
import { openRun } from './tracking/openRun.ts';
import { registerVersion } from './tracking/registerVersion.ts';
import type { World } from './world.ts';

export const trackActivities = ({ ledger: { db }, tracker }: World) => ({
  /** Opens the cycle's one run and one logged model in MLflow, or finds those that an earlier attempt opened. */
  async openRun(cycle: CycleIdentity): Promise<TrackedRun> {
    return openRun(tracker, db, cycle);
  },

  /** Registers what was fitted as the cycle's one version. */
  async registerVersion(cycle: CycleIdentity, fit: FitResult): Promise<number> {
    await nameFit(db, cycle.id, fit);
    return registerVersion(tracker, db, cycle);
  },
});
