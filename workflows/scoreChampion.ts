import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { ContenderRequest } from '../schemas/evidence.ts';
import type { ExtractedSnapshot } from '../schemas/payloads.ts';
import type { ChampionToBeat, PlannedCycle, ScoredChampion, Snapshots } from '../schemas/steps.ts';
import { trainer } from './proxies.ts';

/**
 * The champion's answers on the holdout, as its own definition reads it. One that cannot be scored any more is judged by
 * a person: why stands in the evidence.
 */
export async function scoreChampion(
  plan: PlannedCycle,
  snapshots: Snapshots,
  champion: ChampionToBeat | null,
): Promise<ScoredChampion | null> {
  if (champion === null) return null;
  const { cycle, definitionVersion, codeHash, trainSnapshot, modelUri, definition } = champion;
  const holdoutSnapshot = champion.unscorable === null ? await holdoutOf(plan, snapshots, champion) : snapshots.holdout;
  const contender: ContenderRequest = {
    ...{ cycle, definitionVersion, codeHash, trainSnapshot },
    holdoutSnapshot: holdoutSnapshot.contentHash,
    predictions: null,
    unscorable: champion.unscorable,
  };
  if (contender.unscorable !== null) return { ...champion, contender };
  const name = `${plan.cycle.model} version ${champion.version}`;
  try {
    const { predictions } = await trainer.score({ modelUri, name, definition, snapshot: contender.holdoutSnapshot });
    return { ...champion, contender: { ...contender, predictions } };
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure) || !cause.nonRetryable) throw error;
    return { ...champion, contender: { ...contender, unscorable: `${cause.type ?? 'Internal'}: ${cause.message}` } };
  }
}

/** The champion known at the plan was extracted in the challenger's own transaction; one that came later is read now. */
async function holdoutOf(
  plan: PlannedCycle,
  snapshots: Snapshots,
  champion: ChampionToBeat,
): Promise<ExtractedSnapshot> {
  if (champion.holdoutQuery === null) return snapshots.holdout;
  if (champion.epoch === plan.champion?.epoch && snapshots.championHoldout !== null) return snapshots.championHoldout;
  const { snapshots: extracted } = await trainer.extract({ ...plan.extraction, queries: [champion.holdoutQuery] });
  const [snapshot] = extracted;
  if (snapshot === undefined)
    throw ApplicationFailure.nonRetryable('the trainer extracted no holdout for the champion', 'Internal');
  return snapshot;
}
