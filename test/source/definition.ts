import { Definition } from '../../schemas/definition.ts';

/** A definition over a table of loans; what a test does not care about has a value that fits. */
export function definitionOf(source: Record<string, unknown>, rest: Record<string, unknown> = {}): Definition {
  return Definition.parse({
    model: 'loans',
    task: 'binary',
    label: { classes: ['good', 'bad'], positive: 'bad' },
    windows: { horizon: 'P1D', lag: 'P0D', train: 'P4W', holdout: 'P2W' },
    pipeline: { entrypoint: 'pipeline.py:build' },
    ...rest,
    source: {
      query: 'select * from loans',
      rowId: 'id',
      eventTime: 'taken_at',
      label: 'outcome',
      labels: 'complete',
      features: ['amount'],
      ...source,
    },
  });
}
