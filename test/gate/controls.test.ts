import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlOutcomes, flipLimit } from '../../gate/controls.ts';
import { decide } from '../../gate/decide.ts';
import { type WinTest, wins } from '../../gate/wins.ts';
import { controls, evidence, interval, metric, policy } from './evidence.ts';

const outcomes = (beats: WinTest, found = controls(), by = policy()) =>
  Object.fromEntries(controlOutcomes(found, 0.025, by, beats).map(({ control, status }) => [control, status]));
const always: WinTest = () => true;
const never: WinTest = () => false;
/** The naive gate: half a standard error of the flips' lower bounds above. */
const naive: WinTest = (low) => low > -0.05;

describe('a gate that judges itself', () => {
  it('passes where it answers known cases rightly', () => {
    expect(outcomes(wins)).toEqual({ flips: 'passed', shuffled: 'passed', planted: 'passed' });
  });

  it('is caught where it always promotes', () => {
    expect(outcomes(always)).toEqual({ flips: 'failed', shuffled: 'failed', planted: 'passed' });
    const verdict = decide(evidence(), policy(), always);
    expect(verdict).toMatchObject({ kind: 'invalid', deciding: 'gate-controls' });
    expect(verdict.summary).toContain('equal models win 100 %');
  });

  it('is caught where it never promotes', () => {
    expect(outcomes(never)).toEqual({ flips: 'passed', shuffled: 'passed', planted: 'failed' });
    const clear = evidence({ metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3) }) } });
    expect(decide(clear, policy(), never)).toMatchObject({ kind: 'invalid', deciding: 'gate-controls' });
  });

  it('is caught where it is only too generous', () => {
    expect(outcomes(naive).flips).toBe('failed');
    expect(decide(evidence(), policy(), naive).kind).toBe('invalid');
  });

  it.each([
    ['a minimum gain', policy({ minimumGain: 0.05 }), 0.05],
    ['a margin', policy({ win: 'nonInferior', margin: 0.05, reason: 'cheaper to run by far' }), -0.05],
  ])('is tried where the policy draws its boundary: %s', (_, by, at) => {
    const moved = controls({}, at);
    expect(outcomes(wins, moved, by)).toEqual({ flips: 'passed', shuffled: 'passed', planted: 'passed' });
    const deaf: WinTest = (low) => low > 0;
    expect(outcomes(deaf, moved, by)[at > 0 ? 'flips' : 'planted']).toBe('failed');
  });

  it('never wins by a fit on shuffled labels', () => {
    const fitted = (low: number) => controls({ shuffledFit: { difference: interval(0, low, 0.1), notRun: null } });
    expect(outcomes(wins, fitted(-0.1)).shuffledFit).toBe('passed');
    expect(outcomes(wins, fitted(0.001)).shuffledFit).toBe('failed');
  });

  it('tells a control that could not be run from one that passed', () => {
    const none = controls({
      flips: null,
      shuffled: null,
      planted: { gain: null, difference: null, notRun: 'the champion is as good as can be' },
      shuffledFit: { difference: null, notRun: 'the fit failed' },
    });
    expect(new Set(Object.values(outcomes(wins, none)))).toEqual(new Set(['notRun']));
    const verdict = decide(evidence({ controls: none }), policy());
    expect(verdict.kind).toBe('promote');
    const check = verdict.checks.find(({ name }) => name === 'gate-controls');
    expect(check).toMatchObject({ status: 'notRun' });
    expect(check?.measured).toContain('the champion is as good as can be');
  });
});

describe('without a planted gain', () => {
  const unplanted = controls({
    planted: { gain: null, difference: null, notRun: 'the champion is as good as can be' },
  });
  const status = (format: 2 | 3) =>
    decide(evidence({ format, controls: unplanted }), policy()).checks.find(({ name }) => name === 'gate-controls')
      ?.status;

  it('the controls were not all measured', () => {
    expect(status(3)).toBe('notRun');
  });

  it('verdicts of the first release stay as they were given', () => {
    expect(status(2)).toBe('passed');
  });
});

describe('how many equal models may win', () => {
  it('is twice the promised share and five errors of the simulation', () => {
    expect(flipLimit(0.025, 1000)).toBeCloseTo(0.0854, 4);
  });

  it('lies above the promise and falls towards it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.49, noNaN: true }),
        fc.integer({ min: 64, max: 1e6 }),
        (alpha, count) => {
          expect(flipLimit(alpha, count)).toBeGreaterThan(2 * alpha);
          expect(flipLimit(alpha, count)).toBeGreaterThanOrEqual(0.02);
          expect(flipLimit(alpha, 4 * count)).toBeLessThanOrEqual(flipLimit(alpha, count));
        },
      ),
    );
  });

  it('decides to the flip', () => {
    const limit = Math.floor(flipLimit(0.025, 1000) * 1000);
    const flips = (won: number) =>
      controls({
        flips: {
          count: 1000,
          exhaustive: false,
          lows: Array.from({ length: 1000 }, (_, at) => (at < won ? 0.01 : -0.01)),
          skewness: 0,
        },
      });
    expect(outcomes(wins, flips(limit)).flips).toBe('passed');
    expect(outcomes(wins, flips(limit + 1)).flips).toBe('failed');
  });
});
