/** What a model predicts: one of two classes, one of several, or a number. */
export const tasks = ['binary', 'multiclass', 'regression'] as const;
export type Task = (typeof tasks)[number];

/** Whether a larger value of the metric is better. Differences are always turned so that positive is better. */
export type Orientation = 'higher' | 'lower';

interface MetricEntry {
  readonly tasks: readonly Task[];
  readonly better: Orientation;
  readonly title: string;
  /** The keys of `gate` that it cannot be measured without; without them it is left out. */
  readonly needs?: readonly ('cutoff' | 'cost' | 'badRate' | 'quantile')[];
  /** Where `gate.detect` is not given: a gain of this size, or of this share of what the trivial predictor has. */
  readonly detect: { readonly absolute: number } | { readonly ofTrivial: number };
}

const share = { absolute: 0.01 } as const;
const error = { ofTrivial: 0.01 } as const;

/** Every metric that Reign measures, with the tasks it belongs to and its orientation. */
export const metrics = {
  roc_auc: { tasks: ['binary'], better: 'higher', title: 'ROC AUC', detect: share },
  pr_auc: { tasks: ['binary'], better: 'higher', title: 'PR AUC', detect: share },
  log_loss: { tasks: ['binary', 'multiclass'], better: 'lower', title: 'log loss', detect: error },
  brier: { tasks: ['binary'], better: 'lower', title: 'Brier score', detect: error },
  ks: { tasks: ['binary'], better: 'higher', title: 'KS', detect: share },
  expected_cost: {
    tasks: ['binary'],
    better: 'lower',
    title: 'expected cost',
    needs: ['cutoff', 'cost'],
    detect: error,
  },
  approval_rate: { tasks: ['binary'], better: 'higher', title: 'approval rate', needs: ['badRate'], detect: share },
  macro_f1: { tasks: ['multiclass'], better: 'higher', title: 'macro F1', detect: share },
  accuracy: { tasks: ['multiclass'], better: 'higher', title: 'accuracy', detect: share },
  rmse: { tasks: ['regression'], better: 'lower', title: 'RMSE', detect: error },
  mae: { tasks: ['regression'], better: 'lower', title: 'MAE', detect: error },
  pinball: { tasks: ['regression'], better: 'lower', title: 'pinball loss', needs: ['quantile'], detect: error },
  r2: { tasks: ['regression'], better: 'higher', title: 'R²', detect: share },
} as const satisfies Record<string, MetricEntry>;

export type Metric = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as [Metric, ...Metric[]];

/** What is known of a metric, by the one type of all entries. */
export const metricEntry = (name: Metric): MetricEntry => metrics[name];

/** The metrics of a task, in the order of the catalogue. */
export const metricsOf = (task: Task): Metric[] => metricNames.filter((name) => metricEntry(name).tasks.includes(task));

/** The metric that decides where the definition names none. */
export const defaultPrimary: Record<Task, Metric> = { binary: 'roc_auc', multiclass: 'log_loss', regression: 'rmse' };

/** The metric that decides: the policy's, or the task's usual one. */
export const primaryMetricOf = ({ gate, task }: PrimarySource): Metric => gate.primary ?? defaultPrimary[task];

interface PrimarySource {
  readonly task: Task;
  readonly gate: { readonly primary?: Metric | undefined };
}
