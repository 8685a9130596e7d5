import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errors } from '../schemas/errors.ts';
import type { ContenderRequest } from '../schemas/evidence.ts';
import type { ScoreResult } from '../schemas/payloads.ts';
import type { PlannedCycle, Snapshots, VersionToScore } from '../schemas/steps.ts';
import { type TrainerActivities, trainer, trainerOf } from './proxies.ts';

/**
 * An earlier version's answers on the holdout, as its own definition reads it. One that cannot be scored any more, for
 * whatever reason that a retry does not fix, has that reason instead of answers.
 *
 * @param ask the trainer; default: one that is asked until it answers
 */
export async function scoreVersion(
  plan: Pick<PlannedCycle, 'cycle'>,
  snapshots: Snapshots,
  version: VersionToScore,
  ask: Pick<TrainerActivities, 'extract' | 'score'> = trainer,
): Promise<ContenderRequest> {
  const { cycle, definitionVersion, codeHash, trainSnapshot, trainWindow, classes } = version;
  let holdoutSnapshot = snapshots.holdout.contentHash;
  const scored = (predictions: string | null, unscorable: string | null): ContenderRequest => ({
    ...{ cycle, definitionVersion, codeHash, trainSnapshot },
    ...{ holdoutSnapshot, predictions, unscorable },
    ...(trainWindow === undefined ? {} : { trainWindow }),
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

/** In today's environment, or, where that cannot load it, by a trainer of the environment it was fitted in. */
async function score(
  plan: Pick<PlannedCycle, 'cycle'>,
  version: VersionToScore,
  snapshot: string,
  ask: Pick<TrainerActivities, 'score'>,
): Promise<ScoreResult> {
  const { modelUri, digest, definition, environmentHash } = version;
  const request = { modelUri, digest, name: `${plan.cycle.model} version ${version.version}`, definition, snapshot };
  try {
    return await ask.score(request);
  } catch (error) {
    if (finalCause(error)?.type !== 'VersionUnloadable') throw error;
    // Nobody may listen there: then what today's trainer said is the reason that a person reads.
    return await trainerOf(environmentHash)
      .score(request)
      .catch((other: unknown) => {
        throw finalCause(other) === undefined ? error : other;
      });
  }
}

// What these say differs from machine to machine: evidence holds only what is the same on each.
const machineBound: readonly string[] = ['TrackerRefused', 'OutOfMemory', 'ChildDied', 'Internal'];

function reasonOf({ type, message }: ApplicationFailure): string {
  const code: ErrorCode = type != null && type in errors ? (type as ErrorCode) : 'Internal';
  return `${code}: ${machineBound.includes(code) ? errors[code].advice : message}`;
}

/** The failure behind an error that a retry does not fix. */
function finalCause(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable ? cause : undefined;
}
