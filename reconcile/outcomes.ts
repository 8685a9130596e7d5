import { listed } from '../gate/say.ts';
import { cyclesOf } from '../ledger/cycles.ts';
import { models } from '../ledger/definitions.ts';
import { event } from '../ledger/events.ts';
import { pendingProjections } from '../ledger/pendingProjections.ts';
import { fittedVersions, type VersionRow } from '../ledger/versions.ts';
import { warningsByCycle } from '../ledger/warnings.ts';
import { followOutcome } from '../projection/followOutcome.ts';
import { outcomeTags, runEnds } from '../projection/tagOutcome.ts';
import { tell } from '../report/messages.ts';
import type { Cycle } from '../schemas/cycle.ts';
import type { Discrepancy } from '../schemas/reconcile.ts';
import type { Tags } from '../tracker/tags.ts';
import { discrepancy } from './discrepancy.ts';
import type { MlflowWorld } from './world.ts';

/** So many cycles are written to MLflow in one reconcile; the next one goes on. */
const most = 100;

/** What runs and versions in MLflow say about cycles that have ended, against the ledger. */
export async function compareOutcomes(world: MlflowWorld): Promise<Discrepancy[]> {
  const { db } = world.ledger;
  const pending = new Set((await pendingProjections(db)).map(({ cycle }) => cycle));
  const found: Discrepancy[] = [];
  for (const { model } of await models(db)) {
    const fitted = new Map((await fittedVersions(db, model)).map((version) => [version.cycle, version]));
    if (fitted.size === 0) continue;
    const warnings = await warningsByCycle(db, model);
    for (const cycle of await cyclesOf(db, model, { limit: 1_000_000 })) {
      const version = fitted.get(cycle.id);
      if (version === undefined || version.attempt > cycle.attempt || pending.has(cycle.id)) continue;
      if (cycle.endedAt === null || Date.now() - Date.parse(cycle.endedAt) < world.grace) continue;
      const differing = await differingTags(world, cycle, version, warnings.get(cycle.id) ?? []);
      if (differing.length > 0) found.push(await putRight(world, cycle, differing));
      if (found.length >= most) return found;
    }
  }
  return found;
}

async function differingTags(
  { runsOf, versionsOf }: MlflowWorld,
  cycle: Cycle,
  { model, version, run }: VersionRow,
  warnings: readonly string[],
): Promise<string[]> {
  const tags = Object.entries(outcomeTags(cycle, warnings));
  const differing = (there: Tags | undefined) =>
    there === undefined ? [] : tags.flatMap(([name, value]) => ((there[name] ?? '') === value ? [] : [name]));
  // What a person deleted in MLflow stays deleted.
  const ran = (await runsOf(model)).find(({ runId }) => runId === run.runId);
  const registered = (await versionsOf(model)).find((one) => one.version === version);
  const unended = ran?.status === 'RUNNING' && runEnds[cycle.status] !== undefined ? ['status'] : [];
  return [...new Set([...differing(ran?.tags), ...unended, ...differing(registered?.tags)])];
}

async function putRight(world: MlflowWorld, { id, model, lineage }: Cycle, tags: string[]): Promise<Discrepancy> {
  const { ledger, tracker, repair } = world;
  const message = tell('reconcile.tags-changed', { cycle: id, tags: listed(tags) });
  const about = { kind: 'tags-changed', part: 'MLflow', model, cycle: id, message } as const;
  if (repair === null) return discrepancy({ ...about, advice: 'reign reconcile sets them again.' }, 'found');
  await followOutcome({ ledger, tracker }, { id, model, lineage });
  await event(ledger.db, { model, cycle: id, kind: 'tags-changed', detail: { tags } });
  return discrepancy(about, 'repaired');
}
