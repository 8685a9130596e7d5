import type { Definition } from '../schemas/definition.ts';
import type { Policy } from '../schemas/policy.ts';

/** What the gate holds evidence against, out of a definition. */
export const policyOf = ({ gate, source }: Pick<Definition, 'gate' | 'source'>): Policy => ({
  gate,
  labels: source.labels,
});
