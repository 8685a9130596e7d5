import type { TryRequest, TryResult } from '../schemas/steps.ts';
import { reportProgress } from './progress.ts';
import { promptControl as control, promptTrainer as trainer } from './proxies.ts';
import { snapshotsOf } from './snapshots.ts';

/** The author's inner loop: a cycle without ledger and registry, judged against the trivial predictor. */
export async function tryDefinition(request: TryRequest): Promise<TryResult> {
  const progress = reportProgress();
  const { definition, codeHash } = request;
  const { cycle, primary, windows, extraction, fitTimeoutSeconds } = await control.planTry(request);

  progress.at('extract');
  const { train, holdout } = snapshotsOf(await trainer.extract(extraction));

  progress.at('inspect');
  const warnings = await control.inspectTry(definition, { train, holdout });

  progress.at('fit');
  const fit = await trainer.fit({
    cycle,
    definition,
    codeHash,
    trainSnapshot: train.contentHash,
    holdoutSnapshot: holdout.contentHash,
    trainWindow: windows.train,
    holdoutWindow: windows.holdout,
    run: null,
    timeoutSeconds: fitTimeoutSeconds,
  });

  progress.at('score');
  const subject = { modelUri: fit.modelUri, name: 'the tried version', definition, snapshot: holdout.contentHash };
  const { predictions } = await trainer.score(subject);

  progress.at('rehearse');
  const rehearsal = await trainer.rehearse({ ...subject, predictions, rows: 1000 });

  progress.at('evaluate');
  const { evidence } = await trainer.evaluate({
    cycle,
    definition,
    primary,
    window: windows.holdout,
    trivial: fit.trivial,
    challenger: {
      cycle: cycle.id,
      definitionVersion: cycle.definitionVersion,
      codeHash,
      trainSnapshot: train.contentHash,
      holdoutSnapshot: holdout.contentHash,
      predictions,
      unscorable: null,
    },
    champion: null,
    choseChampion: [],
    rehearsal,
    run: null,
  });
  return {
    windows,
    snapshots: { train: train.contentHash, holdout: holdout.contentHash },
    rows: { train: train.rows, holdout: holdout.rows },
    training: fit.trainingMetrics,
    evidence,
    rehearsal,
    verdict: await control.decideTry(definition, evidence),
    warnings,
  };
}
