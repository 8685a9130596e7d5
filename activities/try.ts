import { alphaFor, chargeOf } from '../gate/errorBudget.ts';
import { windowsOf } from '../gate/windows.ts';
import { canonicalHash } from '../ledger/canonicalHash.ts';
import { asIfReigning, type Champion, currentChampion } from '../ledger/champions.ts';
import { latestDefinition } from '../ledger/definitions.ts';
import { chargesOf } from '../ledger/errorCharges.ts';
import type { Charge } from '../schemas/charge.ts';
import { cycleId } from '../schemas/cycle.ts';
import { errorOf } from '../schemas/errors.ts';
import { primaryMetricOf } from '../schemas/metrics.ts';
import type { CycleIdentity, ExtractRequest, PlannedQuery } from '../schemas/payloads.ts';
import type { ChampionToBeat, TriedCycle, TryPlan, TryRequest, VersionToScore } from '../schemas/steps.ts';
import { versionName } from '../schemas/versionName.ts';
import { sampleQuery } from '../source/sampleQuery.ts';
import { championToBeat } from './championToBeat.ts';
import { foresight } from './foresight.ts';
import { past } from './past.ts';
import { planQueries } from './planQueries.ts';
import type { World } from './world.ts';

const lineage = 'live';

export const tryActivities = (world: World) => ({
  /** The plan of a try: like that of the cycle that it stands for, but nothing is claimed and nothing charged. */
  async planTry(request: TryRequest): Promise<TryPlan> {
    const { definition, asOf, rows, id } = request;
    const windows = windowsOf(asOf, definition.windows);
    const queries = await planQueries(world, definition, windows, asOf);
    const standsFor = await triedCycle(world, request, windows, queries.holdout);
    return {
      cycle: { id, model: definition.model, lineage: 'try', asOf, definitionVersion: 0 },
      primary: primaryMetricOf(definition),
      windows,
      extraction: sampled(
        {
          connection: definition.source.connection,
          queries: [queries.train, queries.holdout],
          statementTimeoutSeconds: world.limits.statementTimeoutSeconds,
        },
        rows,
      ),
      charge: await chargeOfTry(world, request, standsFor),
      fitTimeoutSeconds: world.limits.fitTimeoutSeconds,
      standsFor,
    };
  },
});

async function triedCycle(
  world: World,
  { definition, codeHash, asOf, rows, against = 'none' }: TryRequest,
  windows: TryPlan['windows'],
  holdoutQuery: PlannedQuery,
): Promise<TriedCycle> {
  const { model } = definition;
  const found = await opponent(world, model, against);
  const superseded = against === 'champion' && found !== undefined && found.asOf > asOf;
  const champion =
    found === undefined || superseded
      ? null
      : await championToBeat(world, found, windows.holdout, { definition, asOf, holdoutQuery });
  const cycle = { model, lineage, asOf };
  return {
    cycle: await identity(world, { definition, codeHash, asOf }, champion),
    champion: champion && sampledAlike(champion, rows),
    past: await past(world, { ...cycle, definition }),
    foresight:
      champion === null || against !== 'champion'
        ? null
        : await foresight(world, { ...cycle, definition, holdout: windows.holdout }, champion),
    notes: superseded
      ? [
          `A cycle for ${asOf} would be superseded: ${versionName(found)} (asOf ${found.asOf}) reigns already. Judged against the trivial predictor instead.`,
        ]
      : [],
  };
}

async function opponent(
  { ledger: { db } }: World,
  model: string,
  against: NonNullable<TryRequest['against']>,
): Promise<Champion | undefined> {
  if (against === 'none') return undefined;
  if (against === 'champion') return await currentChampion(db, model, lineage);
  const version = await asIfReigning(db, model, lineage, against);
  if (version === undefined) throw errorOf('VersionUnknown', 'notThere', { model, version: against });
  return version;
}

/** The cycle that this definition would have: resampling is seeded by its id, so the same numbers come out. */
async function identity(
  { ledger: { db } }: World,
  { definition, codeHash, asOf }: Pick<TryRequest, 'definition' | 'codeHash' | 'asOf'>,
  champion: ChampionToBeat | null,
): Promise<CycleIdentity> {
  const { model } = definition;
  const latest = await latestDefinition(db, model);
  const hash = (of: Pick<TryRequest, 'definition' | 'codeHash'>) =>
    canonicalHash({ definition: of.definition, codeHash: of.codeHash });
  const applied = latest !== undefined && hash(latest) === hash({ definition, codeHash });
  const named = (definitionVersion: number): CycleIdentity => {
    const key = { model, lineage, asOf, definitionVersion };
    return { id: cycleId(key), ...key };
  };
  const next = (latest?.version ?? 0) + 1;
  const own = named(applied ? latest.version : next);
  // What is tried is another version than the champion, also where it is fitted as that was.
  return own.id === champion?.cycle ? named(next) : own;
}

/** What the cycle would be charged, if somebody started it now; nothing where it is no cycle that is stood for. */
async function chargeOfTry(
  { ledger: { db } }: World,
  { definition, asOf, against = 'none' }: TryRequest,
  { notes }: TriedCycle,
): Promise<Charge> {
  const { gate, schedule, model } = definition;
  if (against !== 'champion' || notes.length > 0) return { alpha: alphaFor(gate.error, schedule), account: 'none' };
  const test = { asOf, lineage, trigger: 'manual', number: 1 } as const;
  return chargeOf(gate.error, schedule, test, await chargesOf(db, model, lineage));
}

const sampled = (extraction: ExtractRequest, rows: number | null): ExtractRequest =>
  rows === null ? extraction : { ...extraction, queries: extraction.queries.map((query) => sampleQuery(query, rows)) };

/** Whoever reads the holdout by a query of its own reads the same sample of it. What became of a promotion is for cycles. */
function sampledAlike(champion: ChampionToBeat, rows: number | null): ChampionToBeat {
  const alike = <V extends VersionToScore>(version: V): V => ({
    ...version,
    holdoutExtraction: version.holdoutExtraction && sampled(version.holdoutExtraction, rows),
  });
  return { ...alike(champion), anchor: champion.anchor && alike(champion.anchor), promotion: null };
}
