import type { SnapshotRequest, TakenSnapshots } from '../schemas/steps.ts';
import { reportProgress } from './progress.ts';
import { promptControl as control, promptTrainer as trainer } from './proxies.ts';
import { snapshotsOf } from './snapshots.ts';

/** Extracts what a cycle would be fitted and judged on, for somebody who fits it in a notebook. */
export async function snapshot(request: SnapshotRequest): Promise<TakenSnapshots> {
  const progress = reportProgress();
  const { windows, extraction } = await control.planSnapshots(request);
  progress.at('extract');
  return { windows, snapshots: snapshotsOf(await trainer.extract(extraction)) };
}
