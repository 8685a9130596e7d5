import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { type ErrorCode, errors } from '../schemas/errors.ts';
import type { ContenderRequest } from '../schemas/evidence.ts';
import type { ScoreResult } from '../schemas/payloads.ts';
import type { ChampionToBeat, PlannedCycle, ScoredChampion, Snapshots } from '../schemas/steps.ts';
import { trainer, trainerOf } from './proxies.ts';

/**
 * The champion's answers on the holdout, as its own definition reads it. One that cannot be scored any more, for whatever
 * reason that a retry does not mend, is judged by a person: why stands in the evidence.
 */
export async function scoreChampion(
  plan: PlannedCycle,
  snapshots: Snapshots,
  champion: ChampionToBeat | null,
): Promise<ScoredChampion | null> {
  if (champion === null) return null;
  const { cycle, definitionVersion, codeHash, trainSnapshot } = champion;
  let holdoutSnapshot = snapshots.holdout.contentHash;
  const scored = (predictions: string | null, unscorable: string | null): ScoredChampion => {
    const contender: ContenderRequest = {
      ...{ cycle, definitionVersion, codeHash, trainSnapshot },
      ...{ holdoutSnapshot, predictions, unscorable },
    };
    return { ...champion, contender };
  };
  if (champion.unscorable !== null) return scored(null, champion.unscorable);
  try {
    if (champion.holdoutExtraction !== null) {
      const [own] = (await trainer.extract(champion.holdoutExtraction)).snapshots;
      holdoutSnapshot = own?.contentHash ?? holdoutSnapshot;
    }
    const { predictions } = await score(plan, champion, holdoutSnapshot);
    return scored(predictions, null);
  } catch (error) {
    const cause = finalCause(error);
    if (cause === undefined) throw error;
    return scored(null, reasonOf(cause));
  }
}

/** In today's environment, or, where that cannot load it, by a trainer of the environment it was fitted in. */
async function score(plan: PlannedCycle, champion: ChampionToBeat, snapshot: string): Promise<ScoreResult> {
  const { modelUri, definition, environmentHash } = champion;
  const request = { modelUri, name: `${plan.cycle.model} version ${champion.version}`, definition, snapshot };
  try {
    return await trainer.score(request);
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

/** The failure behind an error that a retry does not mend. */
function finalCause(error: unknown): ApplicationFailure | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable ? cause : undefined;
}
