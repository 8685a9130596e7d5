/** What a model predicts: one of two classes, one of several, or a number. */
export const tasks = ['binary', 'multiclass', 'regression'] as const;
export type Task = (typeof tasks)[number];

/** Whether a larger value of the metric is better. Differences are always turned so that positive is better. */
export type Orientation = 'higher' | 'lower';

/** Every metric that Reign measures, with the tasks it belongs to and its orientation. */
export const metrics = {
  roc_auc: { tasks: ['binary'], better: 'higher', title: 'ROC AUC' },
  pr_auc: { tasks: ['binary'], better: 'higher', title: 'PR AUC' },
  log_loss: { tasks: ['binary', 'multiclass'], better: 'lower', title: 'log loss' },
  brier: { tasks: ['binary'], better: 'lower', title: 'Brier score' },
  ks: { tasks: ['binary'], better: 'higher', title: 'KS' },
  macro_f1: { tasks: ['multiclass'], better: 'higher', title: 'macro F1' },
  accuracy: { tasks: ['multiclass'], better: 'higher', title: 'accuracy' },
  rmse: { tasks: ['regression'], better: 'lower', title: 'RMSE' },
  mae: { tasks: ['regression'], better: 'lower', title: 'MAE' },
  r2: { tasks: ['regression'], better: 'higher', title: 'R²' },
} as const satisfies Record<string, { tasks: readonly Task[]; better: Orientation; title: string }>;

export type Metric = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as [Metric, ...Metric[]];

/** The metrics of a task, in the order of the catalogue. */
export const metricsOf = (task: Task): Metric[] =>
  metricNames.filter((name) => (metrics[name].tasks as readonly Task[]).includes(task));

/** The metric that decides where the definition names none. */
export const defaultPrimary: Record<Task, Metric> = { binary: 'roc_auc', multiclass: 'log_loss', regression: 'rmse' };
