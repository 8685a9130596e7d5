import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyOf } from '../../gate/policyOf.ts';
import { wins } from '../../gate/wins.ts';
import { Definition } from '../../schemas/definition.ts';
import { validDefinition } from '../definition/valid.ts';

const policy = (gate: object) => policyOf(Definition.parse({ ...parse(validDefinition), gate }));

test.each([
  ['the champion itself', { primary: 'roc_auc' }, 0],
  ['a minimum gain', { primary: 'roc_auc', minimumGain: 0.01 }, 0.01],
  ['a margin', { primary: 'roc_auc', win: 'nonInferior', margin: 0.01, reason: 'it costs a tenth' }, -0.01],
])('a bound that only reaches %s does not win', (_, gate, bound) => {
  expect(wins(bound, policy(gate))).toBe(false);
  expect(wins(bound + Number.EPSILON, policy(gate))).toBe(true);
});
