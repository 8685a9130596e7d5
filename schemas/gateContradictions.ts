import { isDuration } from './durations.ts';
import type { Gate } from './gate.ts';
import { type Metric, metricEntry, metricsOf, primaryMetricOf, type Task } from './metrics.ts';

/** Two things in a definition that cannot both be meant. */
export interface Contradiction {
  readonly path: (string | number)[];
  readonly found: unknown;
  /** What is expected instead. */
  readonly message: string;
}

/** What the policy is held against. */
export interface PolicyContext {
  readonly task: Task;
  readonly gate: Gate;
  readonly source: { readonly features: readonly string[]; readonly carry: readonly string[] };
  readonly schedule?: unknown;
}

/** What each key of a policy allows alone, but the keys together, the task or the source do not. */
export function* gateContradictions(context: PolicyContext): Generator<Contradiction> {
  const { gate, task, source, schedule } = context;
  yield* metricContradictions(gate, task);
  yield* winContradictions(gate);
  yield* parameterContradictions(gate, task);
  yield* scaleContradictions(gate, task);
  yield* repeated(gate, task);
  yield* columnContradictions(gate, source);
  for (const [at, slice] of gate.slices.entries()) {
    if (slice.protected && gate.undecidedSlices === 'pass')
      yield {
        path: ['gate', 'slices', at, 'protected'],
        found: true,
        message: 'no protected slice, because gate.undecidedSlices lets every undecided slice pass',
      };
  }
  if ('wrongPromotions' in gate.error && schedule === undefined)
    yield {
      path: ['schedule'],
      found: undefined,
      message:
        'a schedule, because gate.error.wrongPromotions is divided among the cycles of a year (or use gate.error.perCycle)',
    };
  yield* approvalContradictions(gate);
}

function* approvalContradictions({ approval }: Gate): Generator<Contradiction> {
  const { when, approvers, fourEyes, deadline } = approval;
  if (isEmpty(deadline))
    yield { path: ['gate', 'approval', 'deadline'], found: deadline, message: 'a length above zero' };
  if (fourEyes)
    yield {
      path: ['gate', 'approval', 'fourEyes'],
      found: true,
      message: 'false, since nobody is authenticated here: anybody can take the name of a user of the operating system',
    };
  if (when === 'never' && approvers.length > 0)
    yield {
      path: ['gate', 'approval', 'approvers'],
      found: approvers,
      message: 'nobody, since gate.approval.when is never',
    };
}

/** Whether it is a duration of no length: one without a digit above zero. */
export const isEmpty = (duration: string): boolean => isDuration(duration) && !/[1-9]/.test(duration);

type Path = (string | number)[];

/** Every metric that the policy names, with where. */
function* metricsNamed(gate: Gate): Generator<{ path: Path; metric: Metric }> {
  if (gate.primary !== undefined) yield { path: ['gate', 'primary'], metric: gate.primary };
  for (const list of ['guardrails', 'floors', 'slices'] as const)
    for (const [at, { metric }] of gate[list].entries())
      if (metric !== undefined) yield { path: ['gate', list, at, 'metric'], metric };
}

function* metricContradictions(gate: Gate, task: Task): Generator<Contradiction> {
  for (const { path, metric } of metricsNamed(gate)) {
    const { tasks, needs = [] } = metricEntry(metric);
    if (!tasks.includes(task)) {
      yield { path, found: metric, message: `a metric for a ${task} model: ${metricsOf(task).join(', ')}` };
      continue;
    }
    const missing = needs.filter((key) => gate[key] === undefined).map((key) => `gate.${key}`);
    if (missing.length > 0)
      yield { path, found: metric, message: `${missing.join(' and ')} beside it, which ${metric} is measured by` };
  }
}

function* winContradictions({ win, margin, reason, minimumGain, detect }: Gate): Generator<Contradiction> {
  if (win === 'superior') {
    if (reason !== undefined)
      yield { path: ['gate', 'reason'], found: reason, message: 'no reason: only win: nonInferior needs one' };
    if (detect !== undefined && detect <= minimumGain)
      yield {
        path: ['gate', 'detect'],
        found: detect,
        message: `a gain above gate.minimumGain (${minimumGain}), below which nothing can win`,
      };
    return;
  }
  if (margin === undefined)
    yield {
      path: ['gate', 'margin'],
      found: undefined,
      message: 'the loss that is accepted, because win is nonInferior',
    };
  if (margin === 0)
    yield {
      path: ['gate', 'margin'],
      found: 0,
      message: 'a loss above 0, because win is nonInferior (use win: superior if no loss is accepted)',
    };
  if (reason === undefined)
    yield {
      path: ['gate', 'reason'],
      found: undefined,
      message: 'why a challenger that is not better may win, because win is nonInferior',
    };
  if (minimumGain > 0)
    yield {
      path: ['gate', 'minimumGain'],
      found: minimumGain,
      message: 'no minimum gain, because win is nonInferior and accepts a loss',
    };
}

function* parameterContradictions(gate: Gate, task: Task): Generator<Contradiction> {
  const { cutoff, cost } = gate;
  if (gate.badRate !== undefined && gate.cutoff?.accept === 'above')
    yield {
      path: ['gate', 'badRate'],
      found: gate.badRate,
      message: 'nothing if gate.cutoff accepts rows above it: the approval rate treats positive rows as bad',
    };
  for (const key of ['cutoff', 'cost', 'badRate'] as const)
    if (task !== 'binary' && gate[key] !== undefined)
      yield {
        path: ['gate', key],
        found: gate[key],
        message: `nothing, because only a binary model is cut at a score`,
      };
  if (task !== 'regression' && gate.quantile !== undefined)
    yield {
      path: ['gate', 'quantile'],
      found: gate.quantile,
      message: 'nothing, because only a regression predicts quantiles',
    };
  if (task !== 'binary') return;
  if (cutoff !== undefined && !(cutoff.score >= 0 && cutoff.score <= 1))
    yield {
      path: ['gate', 'cutoff', 'score'],
      found: cutoff.score,
      message: 'a score from 0 to 1, because scores are probabilities',
    };
  if (cost === undefined) return;
  if (cutoff === undefined)
    yield {
      path: ['gate', 'cutoff'],
      found: undefined,
      message: 'the score at which callers cut, because gate.cost counts errors at that score',
    };
  for (const [wrong, right] of [
    ['falsePositive', 'trueNegative'],
    ['falseNegative', 'truePositive'],
  ] as const) {
    const [dear, cheap] = [cost[wrong], cost[right]];
    if (typeof dear === 'number' && typeof cheap === 'number' && dear < cheap)
      yield {
        path: ['gate', 'cost', wrong],
        found: dear,
        message: `at least gate.cost.${right} (${cheap}): else being wrong is cheaper than being right`,
      };
  }
}

/** Metrics that lie between 0 and 1: a policy that reads otherwise was meant in percent. */
const shares: ReadonlySet<Metric> = new Set([
  ...(['roc_auc', 'pr_auc', 'ks', 'approval_rate', 'macro_f1', 'accuracy'] as const),
]);

function* scaleContradictions(gate: Gate, task: Task): Generator<Contradiction> {
  const primary = primaryMetricOf({ gate, task });
  const sizes: { path: Path; metric: Metric; size: number | undefined }[] = [
    ...(['minimumGain', 'margin', 'detect'] as const).map((key) => ({
      ...{ path: ['gate', key], metric: primary, size: gate[key] },
    })),
    ...gate.guardrails.map(({ metric, margin }, at) => ({
      path: ['gate', 'guardrails', at, 'margin'],
      metric,
      size: margin,
    })),
    ...gate.slices.map(({ metric = primary, margin }, at) => ({
      path: ['gate', 'slices', at, 'margin'],
      metric,
      size: margin,
    })),
    { path: ['gate', 'search', 'margin'], metric: primary, size: gate.search?.margin },
  ];
  for (const { path, metric, size } of sizes)
    if (size !== undefined && size >= 1 && shares.has(metric))
      yield { path, found: size, message: `less than 1, because ${metric} lies between 0 and 1` };
  for (const [at, { metric, limit }] of gate.floors.entries()) {
    const reachable = shares.has(metric) ? limit >= 0 && limit < 1 : metric === 'r2' ? limit < 1 : true;
    if (!reachable)
      yield {
        path: ['gate', 'floors', at, 'limit'],
        found: limit,
        message:
          metric === 'r2' ? 'less than 1, which r2 never exceeds' : `from 0 to less than 1, where ${metric} lies`,
      };
    const negative = limit <= 0 && ['log_loss', 'brier', 'rmse', 'mae', 'pinball'].includes(metric);
    if (negative)
      yield {
        path: ['gate', 'floors', at, 'limit'],
        found: limit,
        message: `above 0, which ${metric} never falls below`,
      };
  }
}

function* repeated(gate: Gate, task: Task): Generator<Contradiction> {
  const primary = primaryMetricOf({ gate, task });
  for (const [list, what] of [
    ['guardrails', 'every metric once'],
    ['floors', 'every metric once'],
  ] as const) {
    const names = gate[list].map(({ metric }) => metric);
    for (const [at, metric] of names.entries())
      if (names.indexOf(metric) !== at) yield { path: ['gate', list, at, 'metric'], found: metric, message: what };
  }
  for (const [at, { metric }] of gate.guardrails.entries())
    if (metric === primary)
      yield {
        path: ['gate', 'guardrails', at, 'metric'],
        found: metric,
        message: `a metric other than the primary one, which ${gate.win === 'superior' ? 'has to be won' : 'has gate.margin'}`,
      };
  const slices = gate.slices.map(({ column, metric = primary }) => JSON.stringify([column, metric]));
  for (const [at, slice] of slices.entries())
    if (slices.indexOf(slice) !== at)
      yield {
        path: ['gate', 'slices', at, 'column'],
        found: gate.slices[at]?.column,
        message: 'every column once (or another metric)',
      };
  for (const [at, column] of (gate.search?.columns ?? []).entries())
    if (gate.search?.columns.indexOf(column) !== at)
      yield { path: ['gate', 'search', 'columns', at], found: column, message: 'every column once' };
}

function* columnContradictions(gate: Gate, source: PolicyContext['source']): Generator<Contradiction> {
  const known = [...source.features, ...source.carry];
  const columns: { path: Path; column: string }[] = [
    ...gate.slices.map(({ column }, at) => ({ path: ['gate', 'slices', at, 'column'], column })),
    ...(gate.search?.columns ?? []).map((column, at) => ({ path: ['gate', 'search', 'columns', at], column })),
    ...Object.entries(gate.cost ?? {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [{ path: ['gate', 'cost', key], column: value }] : [],
    ),
  ];
  for (const { path, column } of columns)
    if (!known.includes(column))
      yield { path, found: column, message: `one of source.features or source.carry: ${known.join(', ')}` };
}
