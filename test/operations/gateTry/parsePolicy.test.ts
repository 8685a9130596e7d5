import { expect, test } from 'vitest';
import { parsePolicy } from '../../../operations/gateTry/parsePolicy.ts';
import { validDefinition } from '../../definition/valid.ts';

const policy = (text: string) => parsePolicy('policy.yaml', text);

test('a policy, with the defaults of a definition', () => {
  const given = policy('gate:\n  primary: ks\n');
  expect(given).toMatchObject({
    gate: { primary: 'ks', win: 'superior', error: { perCycle: 0.025 } },
    definition: null,
  });
});

test('an empty one is all defaults', () => {
  expect(policy('gate:\n').gate.guardrails).toEqual([]);
});

test('a whole definition', () => {
  const given = policy(validDefinition);
  expect(given.definition?.model).toBe('flight-delay');
  expect(given.gate.guardrails).toHaveLength(1);
});

test.each([
  ['gate:\n  primary: auc\n', /policy\.yaml:2:12 gate\.primary: found "auc"; expected one of roc_auc/],
  ['gate:\n  primaries: ks\n', /policy\.yaml:2:3 gate\.primaries: unknown field/],
  ['primary: ks\n', /found primary; expected a mapping `gate`/],
  ['- 1\n', /expected a mapping `gate`/],
  ['', /found no mapping/],
  ['gate: {', /policy\.yaml:1:/],
])('%j names the place', (text, message) => {
  expect(() => policy(text)).toThrow(message);
});
