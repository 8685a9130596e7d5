import type { Definition } from '../schemas/definition.ts';
import type { Policy } from '../schemas/policy.ts';

/** The part of a definition that the gate judges by. */
export const policyOf = ({ gate, source }: Pick<Definition, 'gate' | 'source'>): Policy => ({
  gate,
  labels: source.labels,
});
