import { patched } from '@temporalio/workflow';
import { describeCodeWarning } from '../schemas/codeWarning.ts';
import type { TryRequest, TryResult } from '../schemas/steps.ts';
import { trackedLater } from './fitChallenger.ts';
import { fitRequest } from './fitRequest.ts';
import { reportProgress } from './progress.ts';
import { promptControl as control, promptFitter, promptTrainer as trainer } from './proxies.ts';
import { snapshotsOf } from './snapshots.ts';

const rehearsedRows = 1000;

/** The author's inner loop: a cycle without ledger and registry, judged against the trivial predictor. */
export async function tryDefinition(request: TryRequest): Promise<TryResult> {
  const progress = reportProgress();
  const { definition, codeHash } = request;
  const plan = await control.planTry(request);
  const { cycle, primary, windows, charge } = plan;

  progress.at('extract');
  const snapshots = snapshotsOf(await trainer.extract(plan.extraction));
  const { train, holdout } = snapshots;

  progress.at('inspect');
  const warnings = await control.inspectTry(definition, snapshots, windows);
  const read = { trainSnapshot: train.contentHash, holdoutSnapshot: holdout.contentHash };
  const { observations } = await trainer.observe({ cycle, definition, ...read, past: [], lastPredictions: null });

  progress.at('fit');
  const toFit = fitRequest({ ...plan, definition, codeHash }, snapshots);
  const fit = await promptFitter(plan.fitTimeoutSeconds).fit({ ...toFit, run: null, shuffleLabels: false });

  progress.at('score');
  const { modelUri, digest } = fit;
  const subject = { modelUri, name: 'the tried version', definition, snapshot: holdout.contentHash };
  const scored = await trainer.score({ ...subject, digest, ...(patched(trackedLater) ? { rehearsedRows } : {}) });
  const { predictions, warnings: inScoring } = scored;

  progress.at('rehearse');
  const rehearsal = scored.rehearsal ?? (await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows }));

  progress.at('evaluate');
  const { evidence } = await trainer.evaluate({
    cycle,
    evidenceFormat: 3,
    definition,
    primary,
    window: windows.holdout,
    trivial: fit.trivial,
    challenger: {
      cycle: cycle.id,
      definitionVersion: cycle.definitionVersion,
      codeHash,
      ...read,
      predictions,
      unscorable: null,
      trainWindow: windows.train,
    },
    champion: null,
    anchor: null,
    choseChampion: [],
    charge,
    observations,
    forecast: null,
    shuffledFit: null,
    past: [],
    followUp: null,
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
    warnings: [...warnings, ...[...(fit.warnings ?? []), ...(inScoring ?? [])].map(describeCodeWarning)],
  };
}
