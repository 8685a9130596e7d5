import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lookAlpha, lookVerdict, probationError } from '../../gate/probation.ts';

const found = (estimate: number, decidingHigh: number | null) => ({
  ...{ estimate, standardError: 0.01, low: estimate - 0.02, high: estimate + 0.02, level: 0.95, decidingHigh },
  ...{ decidingLow: null, alpha: 0.00625, detectable: null, degreesOfFreedom: 13, clusters: 14 },
  method: 'influence' as const,
});
const look = { number: 1, of: 8, alpha: 0.00625, acceptedLoss: 0 };

test('a version is worse where the whole interval lies below zero, at the chance of error of a look', () => {
  expect(lookVerdict({ look, found: found(-0.03, -0.001) })).toBe('worse');
  expect(lookVerdict({ look, found: found(-0.03, 0) })).toBe('holds');
  expect(lookVerdict({ look, found: found(0.03, 0.06) })).toBe('holds');
  // What was accepted when it was promoted is no reason to end it.
  const accepted = { ...look, acceptedLoss: 0.02 };
  expect(lookVerdict({ look: accepted, found: found(-0.03, -0.019) })).toBe('holds');
  expect(lookVerdict({ look: accepted, found: found(-0.03, -0.021) })).toBe('worse');
  // One cluster alone shows nothing.
  expect(lookVerdict({ look, found: found(-0.5, null) })).toBe('holds');
  expect(lookVerdict({ look, found: null })).toBeNull();
  expect(lookVerdict({ found: found(-0.03, -0.001) })).toBeNull();
});

test('all looks together err no more often than stated', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), (looks) => {
      expect(looks * lookAlpha(looks)).toBeCloseTo(probationError, 12);
    }),
  );
});
