import { evaluateRequest } from '../gate/evaluateRequest.ts';
import type { ContenderRequest } from '../schemas/evidence.ts';
import type {
  Challenger,
  Known,
  PlannedCycle,
  RegisteredChallenger,
  ScoredChampion,
  Snapshots,
} from '../schemas/steps.ts';
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
        ...(challenger.registered === undefined ? fittedOn(plan, snapshots) : registeredAs(challenger.registered)),
        definitionVersion: cycle.definitionVersion,
        holdoutSnapshot: snapshots.holdout.contentHash,
        predictions: challenger.predictions,
        unscorable: null,
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

type Fitted = Pick<ContenderRequest, 'cycle' | 'codeHash' | 'trainSnapshot' | 'trainWindow' | 'registeredAt'>;

const fittedOn = ({ cycle, codeHash, windows }: PlannedCycle, { train }: Snapshots): Fitted => ({
  ...{ cycle: cycle.id, codeHash, trainSnapshot: train.contentHash, trainWindow: windows.train },
});

const registeredAs = ({ id, trainSnapshot, trainWindow, registeredAt }: RegisteredChallenger): Fitted => ({
  ...{ cycle: id, codeHash: null, trainSnapshot, registeredAt },
  ...(trainWindow === null ? {} : { trainWindow }),
});
