import { decide as decideAsItIs } from '../../gate/decide.ts';
import type { Evidence, Interval } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import { controlledBy, evidence, metric } from './evidence.ts';

/** The verdict; controls stand where the policy draws its boundary, unless there are others. */
export const decide = (found: Evidence, under: Policy) =>
  decideAsItIs(found.controls?.flips?.count === 1000 ? controlledBy(under, found) : found, under);

/** Evidence with this difference. */
export const by = (difference: Interval | null, changes: Partial<Evidence> = {}) =>
  evidence({ metrics: { roc_auc: metric({ difference }) }, ...changes });
