import { alphaFor } from '../gate/errorBudget.ts';
import { plannedClusters } from '../gate/plannedClusters.ts';
import { daysBetween, windowsOf } from '../gate/windows.ts';
import { lastPromotion } from '../ledger/lastPromotion.ts';
import { pastErrors, skippedSince } from '../ledger/pastJudgements.ts';
import type { Definition } from '../schemas/definition.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { Window } from '../schemas/primitives.ts';
import type { ChampionToBeat, Foresight } from '../schemas/steps.ts';
import type { World } from './world.ts';

interface CycleToForesee {
  readonly model: string;
  readonly lineage: string;
  readonly asOf: string;
  readonly definition: Definition;
  readonly holdout: Window;
}

/** Fewer past cycles tell too little about the next one. */
const fewest = 4;
/** So many cycles in a row may be saved their fit; then one is fitted all the same, to see whether the world has changed. */
const mostInARow = 3;

/**
 * What to ask before the fit: what could this cycle show? A fit may be spared only where `gate.detect` is given, since
 * a default is no reason to spare a model its retraining, and where a challenger has to be better.
 */
export async function foresight(
  { ledger: { db } }: World,
  { model, lineage, asOf, definition, holdout }: CycleToForesee,
  champion: ChampionToBeat,
): Promise<Foresight | null> {
  const { gate, source, schedule } = definition;
  const past = await pastErrors(db, model, lineage, asOf, primaryMetricOf(definition));
  if (past.length < fewest) return null;
  const chose = (await lastPromotion(db, model, lineage))?.holdout ?? null;
  const clusters = plannedClusters(source.cluster, holdout, chose, past);
  const fitted =
    champion.trainWindow?.to ?? champion.registeredAt ?? windowsOf(champion.asOf, champion.definition.windows).train.to;
  const championAgeDays = daysBetween(fitted, asOf);
  const request = { alpha: alphaFor(gate.error, schedule), clusters, championAgeDays, past };
  return { wanted: await wantedToFit(db, { model, lineage, asOf, definition }), request };
}

/** What `detect` asks for above what is needed to win; null where nothing may spare this cycle its fit. */
async function wantedToFit(
  db: World['ledger']['db'],
  { model, lineage, asOf, definition: { gate } }: Omit<CycleToForesee, 'holdout'>,
): Promise<number | null> {
  if (gate.detect === undefined || gate.win !== 'superior') return null;
  if ((await skippedSince(db, model, lineage, asOf)) >= mostInARow) return null;
  return Number((gate.detect - gate.minimumGain).toPrecision(12));
}
