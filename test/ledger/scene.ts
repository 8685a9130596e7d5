import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { currentChampion } from '../../ledger/champions.ts';
import { type Claim, claimCycle } from '../../ledger/claimCycle.ts';
import type { Database } from '../../ledger/database.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { filesDigest } from '../../ledger/filesDigest.ts';
import { type NewJudgement, storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import { type PromoteResult, promote } from '../../ledger/promote.ts';
import { storeRequest } from '../../ledger/requests.ts';
import { nameFit, nameRun, nameVersion } from '../../ledger/versions.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId, type Judgement, type PrimaryResult, type Trigger } from '../../schemas/cycle.ts';
import { Definition, Gate } from '../../schemas/definition.ts';
import type { FitResult } from '../../schemas/payloads.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';

/** What a test tells about a cycle; the rest is made up, always in the same way. */
export interface Actor {
  readonly db: Kysely<Database>;
  readonly week: number;
  readonly lineage?: string;
  readonly definitionVersion?: number;
  /** 1 where it is left out. */
  readonly attempt?: number;
  /** In the registry; the week's number where it is left out. */
  readonly version?: number;
  /** Whether it gets that number. Default: true. */
  readonly numbered?: boolean;
  /** The policy that its challenger is judged by; the defaults where it is left out. */
  readonly gate?: z.input<typeof Gate>;
  /** What its judgement measured. */
  readonly primary?: PrimaryResult | null;
  readonly trigger?: Trigger;
}

export const model = 'flight-delay';
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const definition = (description = 'first'): Definition =>
  Definition.parse({
    model,
    description,
    task: 'binary',
    source: {
      query: 'select 1',
      rowId: 'id',
      eventTime: 'date',
      label: 'late',
      labels: 'complete',
      features: ['hour', 'distance'],
    },
    label: { classes: [false, true] },
    windows: { horizon: 'P1D', lag: 'PT6H', train: 'P4W', holdout: 'P2W' },
    pipeline: { entrypoint: 'pipeline.py:build' },
  });

export const apply = (db: Kysely<Database>, description?: string) =>
  storeDefinition(db, {
    definition: definition(description),
    codeHash: hashOf('code'),
    columns: [{ name: 'hour', kind: 'number', sourceType: 'integer', postgresType: 'integer' }],
    appliedBy: osUser('ada'),
  });

const day = (week: number, days: number): string =>
  new Date(Date.UTC(2001, 1, 12) + (week * 7 + days) * 86_400_000).toISOString().replace('.000Z', 'Z');

export const windows = (week: number) => ({
  train: { from: day(week, -45), to: day(week, -17) },
  holdout: { from: day(week, -15), to: day(week, -1) },
});

/** The identity of a week's cycle. */
export function identity({ week, lineage = 'live', definitionVersion = 1 }: Omit<Actor, 'db'>) {
  const key = { model, lineage, asOf: day(week, 0), definitionVersion };
  return { id: cycleId(key), ...key };
}

export async function claim(actor: Actor, attemptToken = 'run-1'): Promise<Claim> {
  await beginLineage(actor);
  return await claimCycle(actor.db, {
    ...identity(actor),
    trigger: actor.trigger ?? 'demo',
    windows: windows(actor.week),
    attemptToken,
  });
}

/** A lineage beside the live one is there before its first cycle. */
async function beginLineage({ db, lineage: name = 'live' }: Actor): Promise<void> {
  if (name === 'live') return;
  await db
    .insertInto('lineages')
    .values({ model, name, kind: 'backfill' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export const snapshot = (
  actor: { readonly week: number; readonly db?: unknown },
  purpose: 'train' | 'holdout',
  content = '',
) => ({
  purpose,
  contentHash: hashOf(`${purpose} ${actor.week} ${content}`),
  rows: purpose === 'train' ? 1000 : 100,
  queryHash: hashOf('query'),
  window: windows(actor.week)[purpose],
});

export const trackedRun = (id: string) => ({ experimentId: '1', runId: `run ${id}`, modelId: `m-${id}` });

export const filesOf = (id: string): Record<string, string> => ({
  MLmodel: hashOf(`MLmodel ${id}`),
  'model.pkl': hashOf(`model.pkl ${id}`),
});

export const fitResult = (id: string): FitResult => ({
  modelUri: `models:/m-${id}`,
  files: filesOf(id),
  digest: filesDigest(filesOf(id)),
  rows: 990,
  trivial: [0.8, 0.2],
  trainingMetrics: { training_log_loss: 0.4 },
  environmentHash: hashOf('environment'),
  python: '3.11.2',
});

/** Claims a cycle and takes it as far as its registered version, numbered by week. */
export async function prepare(actor: Actor, token?: string): Promise<string> {
  const { db, week } = actor;
  const { id } = identity(actor);
  const { cycle } = await claim(actor, token);
  const attempt = { id, attempt: cycle.attempt };
  await nameSnapshots(db, attempt, [snapshot(actor, 'train'), snapshot(actor, 'holdout')]);
  const run = await nameRun(db, attempt, trackedRun(cycle.attempt === 1 ? id : `${id} ${cycle.attempt}`));
  await nameFit(db, attempt, { ...fitResult(id), modelUri: `models:/${run.modelId}` });
  if (actor.numbered ?? true) await nameVersion(db, attempt, actor.version ?? week);
  return id;
}

export const primary: PrimaryResult = {
  metric: 'roc_auc',
  challenger: 0.7,
  champion: null,
  difference: 0.2,
  low: 0.1,
  high: 0.3,
  standardError: 0.05,
  clusters: 14,
  detectable: 0.15,
  wanted: 0.01,
};

/** A judgement of the cycle's challenger against whoever reigns now. */
export async function judgementOf(actor: Actor, kind: VerdictKind = 'promote', number = 1): Promise<NewJudgement> {
  const { db, lineage = 'live', week } = actor;
  const champion = await currentChampion(db, model, lineage);
  return {
    cycle: identity(actor).id,
    attempt: actor.attempt ?? 1,
    number,
    epoch: champion?.epoch ?? 0,
    challenger: actor.version ?? week,
    champion: champion?.version ?? null,
    championCycle: champion?.cycle ?? null,
    evidence: hashOf(`evidence ${week} ${number}`),
    rehearsal: { rows: 100, mismatches: 0, largestDifference: 0 },
    policy: { gate: Gate.parse(actor.gate ?? {}), labels: 'complete' },
    verdict: { kind, summary: `It says ${kind}.`, deciding: 'primary', checks: [] },
    primary: actor.primary === undefined ? primary : actor.primary,
  };
}

export async function judge(actor: Actor, kind?: VerdictKind, number?: number): Promise<Judgement> {
  return await storeJudgement(actor.db, await judgementOf(actor, kind, number));
}

export const crown = (actor: Actor, { number, epoch, challenger }: Judgement): Promise<PromoteResult> =>
  promote(actor.db, {
    cycle: identity(actor).id,
    judgementNumber: number,
    epoch,
    version: challenger,
    reason: `week ${actor.week} is better`,
  });

/** A whole cycle that ends with a promotion. */
export async function reign(actor: Actor): Promise<PromoteResult> {
  await prepare(actor);
  return await crown(actor, await judge(actor));
}

/** A person brings back the champion of an earlier epoch. */
export async function rollBack(
  db: Kysely<Database>,
  { epoch, to, reason = 'worse' }: { readonly epoch: number; readonly to: number; readonly reason?: string },
): Promise<void> {
  const { champion, version } = await db
    .selectFrom('promotions')
    .select(['champion', 'version'])
    .where('model', '=', model)
    .where('lineage', '=', 'live')
    .where('epoch', '=', to)
    .executeTakeFirstOrThrow();
  const request = await storeRequest(db, {
    ...{ operation: 'rollback', actor: osUser('ada'), model, reason },
    subject: { kind: 'version', id: champion },
  });
  await db
    .insertInto('promotions')
    .values({
      ...{ model, lineage: 'live', epoch, champion, version, kind: 'rollback', reason, restores_epoch: to },
      ...{ actor: request.actor, request: request.id },
    })
    .execute();
}
