import type { CycleIdentity } from '../../schemas/payloads.ts';
import { cycleTag, type Tags } from '../../tracker/tags.ts';

/** What everything that a cycle makes in MLflow is created with. */
export const cycleTags = ({ id, model, lineage, asOf, definitionVersion }: CycleIdentity): Tags => ({
  [cycleTag]: id,
  'reign.model': model,
  'reign.lineage': lineage,
  'reign.asOf': asOf,
  'reign.definitionVersion': String(definitionVersion),
});
