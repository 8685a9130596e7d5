import type { BackfillPlan } from '../../schemas/backfill.ts';
import { identity, model, windows } from './scene.ts';

export const weeks = [1, 2, 3];

/** What is planned of these weeks. */
export const plan = (given: Partial<BackfillPlan> = {}): BackfillPlan => ({
  ...{
    format: 1,
    model,
    definitionVersion: 1,
    definitionAsked: false,
    every: 'P7D',
    parallel: 2,
    stopOnFailure: false,
  },
  ...{ from: identity({ week: 1 }).asOf, to: identity({ week: 3 }).asOf, startFrom: 'none', origin: null },
  dates: weeks.map((week) => ({
    asOf: identity({ week }).asOf,
    ...windows(week),
    rows: { train: null, holdout: null },
  })),
  cost: { cycles: 0, prepareSeconds: null, judgeSeconds: null, totalSeconds: null },
  ...given,
});
