import { createHash } from 'node:crypto';
import { cycleId } from '../../schemas/cycle.ts';
import { Definition } from '../../schemas/definition.ts';
import type { ExtractRequest } from '../../schemas/payloads.ts';
import type { ChampionToBeat, Judged, PlannedCycle, VersionToScore } from '../../schemas/steps.ts';
import type { Cast } from './stage.ts';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const definition = Definition.parse({
  model: 'loans',
  task: 'binary',
  source: {
    query: 'select 1',
    rowId: 'id',
    eventTime: 'at',
    label: 'outcome',
    labels: 'complete',
    features: ['income'],
  },
  label: { classes: [false, true] },
  windows: { horizon: 'P1D', lag: 'PT0S', train: 'P3W', holdout: 'P2W' },
  pipeline: { entrypoint: 'pipeline.py:build' },
});

const window = { from: '2023-12-01T00:00:00Z', to: '2023-12-15T00:00:00Z' };
const extraction: ExtractRequest = { connection: 'default', queries: [], statementTimeoutSeconds: 60 };

/** A version that an earlier cycle fitted. */
export const version = (number: number, given: Partial<VersionToScore> = {}): VersionToScore => ({
  version: number,
  cycle: `loans/live/2023-12-0${number}T00:00:00Z/1`,
  asOf: `2023-12-0${number}T00:00:00Z`,
  modelUri: `models:/m-${number}`,
  digest: hashOf(`files of version ${number}`),
  definition,
  definitionVersion: 1,
  codeHash: null,
  trainSnapshot: hashOf(`train of version ${number}`),
  holdoutExtraction: null,
  environmentHash: hashOf('the environment of today'),
  unscorable: null,
  ...given,
});

/** The version that reigns. */
export const champion = (number: number, given: Partial<ChampionToBeat> = {}): ChampionToBeat => ({
  ...version(number),
  epoch: number,
  choseSnapshots: [],
  anchor: null,
  promotion: null,
  ...given,
});

/** A plan as the ledger gives it; against nobody where no champion is given. */
export const planned = (
  request: {
    readonly model: string;
    readonly lineage: string;
    readonly asOf: string;
    readonly definitionVersion: number;
  },
  given: Partial<PlannedCycle> = {},
): PlannedCycle => ({
  kind: 'planned',
  cycle: { id: cycleId(request), ...request },
  attempt: 1,
  definition,
  codeHash: null,
  primary: 'roc_auc',
  windows: { train: window, holdout: window },
  extraction,
  champion: null,
  past: { evidence: [], observations: [], lastPredictions: null },
  foresight: null,
  firstJudgement: 1,
  fitTimeoutSeconds: 3600,
  ...given,
});

export const judged = (number: number, given: Partial<Judged> = {}): Judged => ({
  number,
  epoch: 0,
  kind: 'promote',
  summary: 'It wins.',
  championSawHoldout: false,
  ...given,
});

const rehearsal = { rows: 1000, mismatches: 0, largestDifference: 0 };
const week = 7 * 24 * 3600 * 1000;
const never = () => {
  throw new Error('nothing in a cycle asks for this');
};

/** Every activity of a cycle, as it goes where nothing is wrong: the first challenger of a model is promoted. */
export const cast: Cast = {
  plan: async ({ model, lineage, asOf, definitionVersion }) => planned({ model, lineage, asOf, definitionVersion }),
  extract: async () => ({
    snapshots: (['train', 'holdout'] as const).map((purpose) => ({
      purpose,
      contentHash: hashOf(purpose),
      rows: 1000,
      queryHash: hashOf('query'),
    })),
  }),
  inspect: async () => undefined,
  openRun: async () => ({ experimentId: '1', runId: 'run', modelId: 'm-9' }),
  fit: async () => ({
    modelUri: 'models:/m-9',
    files: { 'model.pkl': hashOf('model.pkl') },
    digest: hashOf('files'),
    rows: 1000,
    trivial: [0.8, 0.2],
    trainingMetrics: {},
    environmentHash: hashOf('the environment of today'),
    python: '3.11.2',
    warnings: [],
  }),
  observe: async () => ({ observations: hashOf('observations') }),
  nameObservations: async () => undefined,
  track: async () => undefined,
  registerVersion: async () => 9,
  score: async ({ rehearsedRows }) => ({
    predictions: hashOf('predictions'),
    rows: 1000,
    rehearsal: rehearsedRows == null ? null : rehearsal,
    warnings: [],
  }),
  rehearse: async () => rehearsal,
  forecast: async () => ({ optimistic: null, pessimistic: null, pastCycles: 0 }),
  chargeError: async () => ({ alpha: 0.025, account: 'reserve' }),
  evaluate: async () => ({ evidence: hashOf('evidence') }),
  decide: async ({ number, champion: against }) => judged(number, { epoch: against?.epoch ?? 0 }),
  askForApproval: async ({ askedAt }) => new Date(Date.parse(askedAt) + week).toISOString(),
  hearApproval: async (_cycle, _number, isOver) => ({ kind: isOver ? 'expired' : 'waits' }),
  promote: async ({ epoch }) => ({ outcome: 'promoted', epoch: epoch + 1 }),
  record: async (_, outcome) => outcome,
  showTraining: async () => undefined,
  showEvidence: async () => undefined,
  noteUnshown: async () => undefined,
  noteFault: async () => undefined,
  noteMended: async () => undefined,
  planSnapshots: never,
  findVersion: never,
  examine: never,
  admit: never,
  claimChallenge: async ({ asOf }) => ({ kind: 'claimed', attempt: 1, until: asOf }),
  planChallenge: async ({ model, lineage, asOf, definitionVersion, challenger }) => ({
    ...planned({ model, lineage, asOf, definitionVersion }),
    registered: {
      ...{ id: `${model}.registered.${challenger}`, version: challenger, modelUri: `models:/${model}/${challenger}` },
      ...{ digest: hashOf('files'), trainSnapshot: null, trainWindow: null, run: null },
      registeredAt: '2023-11-01T00:00:00Z',
    },
  }),
  trivial: async () => ({ trivial: [0.8, 0.2] }),
  dueCycle: never,
  reconcile: never,
  keepRowIds: never,
  takeTurn: async () => ({ kind: 'own' }),
  contest: async () => ({
    champion: null,
    past: { evidence: [], observations: [], lastPredictions: null },
    foresight: null,
  }),
  nextDates: never,
  checkPipeline: never,
  describeSource: never,
  inspectTry: never,
  planTry: never,
  decideTry: never,
};
