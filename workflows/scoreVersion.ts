import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errors } from '../schemas/errors.ts';
import type { ContenderRequest } from '../schemas/evidence.ts';
import type { ScoreResult } from '../schemas/payloads.ts';
import type { PlannedCycle, Snapshots, VersionToScore } from '../schemas/steps.ts';
import { versionName } from '../schemas/versionName.ts';
import { type TrainerActivities, trainer, trainerOf } from './proxies.ts';

/**
 * An earlier version's predictions on the holdout, read as its own definition says. If the version cannot be scored any
 * more and a retry does not help, the result holds the reason instead of predictions.
 *
 * @param ask the trainer. Default: one that is asked until it answers
 */
export async function scoreVersion(
  plan: Pick<PlannedCycle, 'cycle'>,
  snapshots: Snapshots,
  version: VersionToScore,
  ask: Pick<TrainerActivities, 'extract' | 'score'> = trainer,
): Promise<ContenderRequest> {
  const { cycle, definitionVersion, codeHash, trainSnapshot, trainWindow, registeredAt, classes } = version;
  let holdoutSnapshot = snapshots.holdout.contentHash;
  const scored = (predictions: string | null, unscorable: string | null): ContenderRequest => ({
    ...{ cycle, definitionVersion, codeHash, trainSnapshot },
    ...{ holdoutSnapshot, predictions, unscorable },
    ...(trainWindow === undefined ? {} : { trainWindow }),
    ...(registeredAt === undefined ? {} : { registeredAt }),
    ...(classes === undefined ? {} : { classes }),
  });
  if (version.unscorable !== null) return scored(null, version.unscorable);
  try {
    if (version.holdoutExtraction !== null) {
      const [own] = (await ask.extract(version.holdoutExtraction)).snapshots;
      holdoutSnapshot = own?.contentHash ?? holdoutSnapshot;
    }
    const { predictions } = await score(plan, version, holdoutSnapshot, ask);
    return scored(predictions, null);
  } catch (error) {
    const cause = finalCause(error);
    if (cause === undefined) throw error;
    return scored(null, reasonOf(cause));
  }
}

/** Scores in today's environment. If that cannot load the version, a trainer of the environment that it was fitted in does. */
async function score(
  plan: Pick<PlannedCycle, 'cycle'>,
  version: VersionToScore,
  snapshot: string,
  ask: Pick<TrainerActivities, 'score'>,
): Promise<ScoreResult> {
  const { modelUri, digest, definition, environmentHash } = version;
  const name = `${plan.cycle.model} ${versionName(version)}`;
  const fromOutside = version.registeredAt === undefined ? {} : { fromOutside: true };
  const request = { modelUri, digest, name, definition, snapshot, ...fromOutside };
  try {
    return await ask.score(request);
  } catch (error) {
    if (finalCause(error)?.type !== 'VersionUnloadable' || environmentHash === null) throw error;
    // There may be no such trainer. Then the reason is the error of today's trainer.
    return await trainerOf(environmentHash)
      .score(request)
      .catch((other: unknown) => {
        throw finalCause(other) === undefined ? error : other;
      });
  }
}

// Messages of these codes differ between machines, and evidence may hold only what is the same on every machine.
const machineBound: readonly string[] = ['TrackerRefused', 'OutOfMemory', 'ChildDied', 'Internal'];

function reasonOf({ type, message }: ApplicationFailure): string {
  const code: ErrorCode = type != null && type in errors ? (type as ErrorCode) : 'Internal';
  return `${code}: ${machineBound.includes(code) ? errors[code].advice : message}`;
}

/** The failure behind an error, if a retry cannot fix it. */
function finalCause(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable ? cause : undefined;
}
