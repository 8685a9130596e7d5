import { evaluateRequest } from '../gate/evaluateRequest.ts';
import type { Challenger, Known, PlannedCycle, ScoredChampion, Snapshots } from '../schemas/steps.ts';
import { attemptOf } from './attemptOf.ts';
import { control, trainer } from './proxies.ts';

/** Measures both versions on the same rows, after the test was charged to the error budget. Gives the hash of the evidence. */
export async function measure(
  plan: PlannedCycle,
  snapshots: Snapshots,
  challenger: Challenger,
  champion: ScoredChampion | null,
  { forecast, observations }: Known,
  number: number,
): Promise<string> {
  const { cycle, definition, windows } = plan;
  const charge = await control.chargeError({
    cycle: attemptOf(plan),
    number,
    challenger: challenger.version,
    champion: champion?.version ?? null,
    championCycle: champion?.cycle ?? null,
    holdout: snapshots.holdout.contentHash,
  });
  const { evidence } = await trainer.evaluate(
    evaluateRequest({
      cycle,
      definition,
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
        trainWindow: windows.train,
      },
      champion: champion?.contender ?? null,
      anchor: champion?.scoredAnchor ?? null,
      choseChampion: champion?.choseSnapshots ?? [],
      charge,
      observations,
      forecast,
      shuffledFit: challenger.shuffledFit,
      past: plan.past.evidence,
      followUp: champion?.followUp ?? null,
      rehearsal: challenger.rehearsal,
      run: challenger.trainingPictures === 'show' ? null : challenger.run,
    }),
  );
  return evidence;
}
