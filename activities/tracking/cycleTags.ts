import type { CycleAttempt } from '../../schemas/steps.ts';
import { attemptTag, cycleTag, type Tags } from '../../tracker/tags.ts';

/** What everything that an attempt of a cycle makes in MLflow is created with. */
export const cycleTags = ({ id, attempt, model, lineage, asOf, definitionVersion }: CycleAttempt): Tags => ({
  [cycleTag]: id,
  [attemptTag]: String(attempt),
  'reign.model': model,
  'reign.lineage': lineage,
  'reign.asOf': asOf,
  'reign.definitionVersion': String(definitionVersion),
});
