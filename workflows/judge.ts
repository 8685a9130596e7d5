import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { ContenderRequest } from '../schemas/payloads.ts';
import type { Challenger, ChampionToBeat, Judged, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { control, trainer } from './proxies.ts';

/** One judgement: both on the same rows, measured, decided by the gate and stored. */
export async function judge(
  plan: PlannedCycle,
  snapshots: Snapshots,
  challenger: Challenger,
  champion: ChampionToBeat | null,
  number: number,
): Promise<Judged> {
  const { cycle, definition, windows, primary } = plan;
  const { evidence } = await trainer.evaluate({
    cycle,
    definition,
    primary,
    window: windows.holdout,
    trivial: challenger.fit.trivial,
    challenger: {
      cycle: cycle.id,
      definitionVersion: cycle.definitionVersion,
      codeHash: plan.codeHash,
      trainSnapshot: snapshots.train.contentHash,
      holdoutSnapshot: snapshots.holdout.contentHash,
      predictions: challenger.predictions,
      unscorable: null,
    },
    champion: champion === null ? null : await score(plan, snapshots, champion, number),
    choseChampion: champion?.choseSnapshots ?? [],
    rehearsal: challenger.rehearsal,
    run: challenger.run,
  });
  const { epoch, version } = champion ?? { epoch: 0, version: null };
  return control.decide({
    cycle,
    number,
    evidence,
    challenger: challenger.version,
    champion: champion === null || version === null ? null : { epoch, version, cycle: champion.cycle },
  });
}

/** The champion's answers on the holdout, as its own definition reads it. One that cannot be scored is judged by a person. */
async function score(
  plan: PlannedCycle,
  snapshots: Snapshots,
  champion: ChampionToBeat,
  number: number,
): Promise<ContenderRequest> {
  const { cycle, definitionVersion, codeHash, trainSnapshot } = champion;
  let holdoutSnapshot = snapshots.holdout.contentHash;
  const contender = { cycle, definitionVersion, codeHash, trainSnapshot };
  if (champion.unscorable !== null)
    return { ...contender, holdoutSnapshot, predictions: null, unscorable: champion.unscorable };
  if (champion.holdoutQuery !== null) {
    // The champion known at the plan was extracted in the challenger's own transaction; one that came later is read now.
    const snapshot =
      number === plan.firstJudgement
        ? snapshots.championHoldout
        : (await trainer.extract({ ...plan.extraction, queries: [champion.holdoutQuery] })).snapshots[0];
    if (snapshot == null)
      throw ApplicationFailure.nonRetryable('the trainer extracted no holdout for the champion', 'Internal');
    holdoutSnapshot = snapshot.contentHash;
  }
  const name = `${plan.cycle.model} version ${champion.version}`;
  try {
    const { modelUri, definition } = champion;
    const { predictions } = await trainer.score({ modelUri, name, definition, snapshot: holdoutSnapshot });
    return { ...contender, holdoutSnapshot, predictions, unscorable: null };
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure) || !cause.nonRetryable) throw error;
    return {
      ...contender,
      holdoutSnapshot,
      predictions: null,
      unscorable: `${cause.type ?? 'Internal'}: ${cause.message}`,
    };
  }
}
