import type { Kysely } from 'kysely';
import { cycleById } from '../ledger/cycles.ts';
import type { Database } from '../ledger/database.ts';
import { versionOf } from '../ledger/versions.ts';
import { warningsOf } from '../ledger/warnings.ts';
import type { Cycle } from '../schemas/cycle.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { getVersion, setVersionTags } from '../tracker/registry.ts';
import { endRun, getRun, setRunTags } from '../tracker/runs.ts';
import type { Tags } from '../tracker/tags.ts';
import { endTogether } from './endTogether.ts';

/**
 * Writes what the ledger says of a cycle onto its run and its version in MLflow, and ends a run that was left running.
 * What a person deleted there stays deleted.
 */
export async function tagOutcome(tracker: Tracker, db: Kysely<Database>, id: string): Promise<void> {
  const cycle = await cycleById(db, id);
  if (cycle?.kind === 'challenge') {
    const tags = outcomeTags(cycle, await warningsOf(db, id));
    // Its run is not the cycle's.
    if (cycle.challenger !== null)
      await tagVersion(tracker, cycle.model, cycle.challenger, { [challengeTag]: id, ...tags });
    return;
  }
  const named = await versionOf(db, { cycle: id });
  // A new attempt that has begun since says itself what became of it.
  if (cycle === undefined || named === undefined || named.attempt > cycle.attempt) return;
  const tags = outcomeTags(cycle, await warningsOf(db, id));
  await endTogether([
    tagRun(tracker, named.run.runId, tags, runEnds[cycle.status]),
    ...(named.version === null ? [] : [tagVersion(tracker, named.model, named.version, tags)]),
  ]);
}

async function tagRun(tracker: Tracker, runId: string, tags: Tags, end: RunEnd | undefined): Promise<void> {
  const run = await getRun(tracker, runId);
  if (run === undefined || run.deleted) return;
  await setRunTags(tracker, runId, tags);
  if (run.status === 'RUNNING' && end !== undefined) await endRun(tracker, runId, end);
}

async function tagVersion(tracker: Tracker, model: string, version: number, tags: Tags): Promise<void> {
  const known = await getVersion(tracker, model, version);
  if (known === undefined) return;
  const changed = Object.entries(tags).filter(([name, value]) => (known.tags[name] ?? '') !== value);
  await setVersionTags(tracker, model, version, Object.fromEntries(changed));
}

/** The challenge that the tags of a version from outside tell of. */
const challengeTag = 'reign.challenge';

type RunEnd = 'FINISHED' | 'FAILED' | 'KILLED';

/** MLflow's own limit for the tags of runs and versions. */
const longestTag = 5000;

/** How the run of a cycle ends in MLflow. */
export const runEnds: Partial<Record<Cycle['status'], RunEnd>> = {
  promoted: 'FINISHED',
  kept: 'FINISHED',
  superseded: 'FINISHED',
  skipped: 'FINISHED',
  failed: 'FAILED',
  cancelled: 'KILLED',
};

/** What run and version say of a cycle. An empty string where there is nothing to say, so that nothing of an earlier attempt stays. */
export function outcomeTags(
  { status, verdict, summary, primary, champion, evidence }: Cycle,
  warnings: readonly string[],
): Tags {
  return {
    'reign.status': status,
    'reign.verdict': verdict ?? '',
    'reign.summary': summary ?? '',
    'reign.metric': primary?.metric ?? '',
    'reign.difference': text(primary?.difference),
    'reign.differenceLow': text(primary?.low),
    'reign.differenceHigh': text(primary?.high),
    'reign.champion': text(champion),
    'reign.beat': status === 'promoted' ? text(champion) : '',
    'reign.evidence': evidence ?? '',
    'reign.warnings': warnings.join('\n').slice(0, longestTag),
  };
}

const text = (value: number | null | undefined): string => (value == null ? '' : String(value));
