import { patched } from '@temporalio/workflow';
import { evaluateRequest } from '../gate/evaluateRequest.ts';
import { describeCodeWarning } from '../schemas/codeWarning.ts';
import type { TryRequest, TryResult } from '../schemas/steps.ts';
import { versionName } from '../schemas/versionName.ts';
import { trackedLater } from './fitChallenger.ts';
import { fitRequest, trainersFor } from './fitRequest.ts';
import { foresee } from './foresee.ts';
import { reportProgress } from './progress.ts';
import { promptControl as control, promptFitter, promptTrainer as trainer } from './proxies.ts';
import { rehearsedRows, shuffledFit } from './scoreChallenger.ts';
import { scoreVersion } from './scoreVersion.ts';
import { snapshotsOf } from './snapshots.ts';

/**
 * The author's inner loop: what a cycle of this definition would come to, without writing to the ledger or the registry. A
 * plan of the first release stands for no cycle, so its challenger is judged against the trivial predictor.
 */
export async function tryDefinition(request: TryRequest): Promise<TryResult> {
  const progress = reportProgress();
  const { definition, codeHash, against = 'none' } = request;
  const plan = await control.planTry(request);
  const { cycle, windows, charge, standsFor } = plan;
  const judged = standsFor?.cycle ?? cycle;
  const opponent = standsFor?.champion ?? null;
  const { forecast, inVain } = await foresee({ foresight: standsFor?.foresight ?? null }, trainer);

  progress.at('extract');
  const snapshots = snapshotsOf(await trainer.extract(plan.extraction));
  const { train, holdout } = snapshots;

  progress.at('inspect');
  const warnings = await control.inspectTry(definition, snapshots, windows);
  const read = { trainSnapshot: train.contentHash, holdoutSnapshot: holdout.contentHash };
  const { observations } = await trainer.observe({
    ...{ cycle: judged, definition, ...read },
    past: standsFor?.past.observations ?? [],
    lastPredictions: standsFor?.past.lastPredictions ?? null,
  });

  progress.at('fit', trainersFor(definition));
  const toFit = { ...plan, definition, codeHash };
  const fit = await promptFitter(toFit).fit({
    ...fitRequest(toFit, snapshots),
    run: null,
    shuffleLabels: false,
  });

  progress.at('score');
  const { modelUri, digest } = fit;
  const subject = { modelUri, name: 'the tried version', definition, snapshot: holdout.contentHash };
  const scored = await trainer.score({ ...subject, digest, ...(patched(trackedLater) ? { rehearsedRows } : {}) });
  const { predictions, warnings: inScoring } = scored;

  progress.at('rehearse');
  const rehearsal = scored.rehearsal ?? (await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows }));

  if (opponent !== null) progress.at('score', versionName(opponent));
  const [champion, anchor] = await Promise.all([
    opponent && scoreVersion(plan, snapshots, opponent, trainer),
    opponent?.anchor ? scoreVersion(plan, snapshots, opponent.anchor, trainer) : null,
  ]);

  progress.at('evaluate');
  const { evidence } = await trainer.evaluate(
    evaluateRequest({
      cycle: judged,
      definition,
      window: windows.holdout,
      trivial: fit.trivial,
      challenger: {
        cycle: judged.id,
        definitionVersion: judged.definitionVersion,
        codeHash,
        ...read,
        predictions,
        unscorable: null,
        trainWindow: windows.train,
      },
      champion,
      anchor,
      choseChampion: opponent?.choseSnapshots ?? [],
      charge,
      observations,
      forecast,
      shuffledFit:
        standsFor === undefined ? null : await shuffledFit(toFit, snapshots, { fitter: promptFitter, trainer }),
      past: standsFor?.past.evidence ?? [],
      rehearsal,
    }),
  );
  return {
    against: opponent && { version: opponent.version, asOf: opponent.asOf, reigns: against === 'champion' },
    windows,
    snapshots: { train: train.contentHash, holdout: holdout.contentHash },
    rows: { train: train.rows, holdout: holdout.rows },
    training: fit.trainingMetrics,
    evidence,
    rehearsal,
    verdict: await control.decideTry(definition, evidence),
    warnings: [
      ...(standsFor?.notes ?? []),
      ...(inVain === null ? [] : [`A cycle would not be fitted. ${inVain}`]),
      ...warnings,
      ...[...(fit.warnings ?? []), ...(inScoring ?? [])].map(describeCodeWarning),
    ],
  };
}
