import { describe, expect, it } from 'vitest';
import type { Evidence, Interval } from '../../schemas/evidence.ts';
import { decide } from './decided.ts';
import { contender, evidence, interval, metric, policy } from './evidence.ts';

describe('not worse by more than a margin', () => {
  const nonInferior = policy({ win: 'nonInferior', margin: 0.01, reason: 'half the features, a tenth of the cost' });
  const with_ = (changes: Parameters<typeof metric>[0], more: Partial<Evidence> = {}) =>
    evidence({ metrics: { roc_auc: metric(changes) }, ...more });
  const anchor = contender({ cycle: 'model.live.20010101T000000Z.v1' });

  it('promotes a challenger that is a little worse at most', () => {
    const verdict = decide(with_({ difference: interval(-0.002, -0.009, 0.005) }), nonInferior);
    expect(verdict.kind).toBe('promote');
    expect(verdict.summary).toContain('is not worse than the champion by more than 0.01');
  });

  it.each([
    [interval(-0.002, -0.0101, 0.006), 'insufficient', 'primary'],
    [interval(-0.002, -0.0101, 0.016), 'insufficient', 'primary'],
    [interval(-0.02, -0.03, -0.0101), 'keep', 'primary'],
  ])('does not where it may be worse: %#', (difference, kind, deciding) => {
    expect(decide(with_({ difference }), nonInferior)).toMatchObject({ kind, deciding });
  });

  it('waits whatever could be gained, unless a gain is asked for', () => {
    const open = with_({ difference: interval(-0.002, -0.0101, 0.006) });
    const verdict = decide(open, nonInferior);
    expect(verdict.summary).toContain('that an equal challenger keeps within 0.01 takes about 120 clusters');
    expect(verdict.checks.find(({ name }) => name === 'detectable')?.measured).toContain(
      'these rows show that an equal challenger keeps within 0.03 four times in five',
    );
    const asking = { ...nonInferior, gate: { ...nonInferior.gate, detect: 0.01 } };
    expect(decide(open, asking)).toMatchObject({ kind: 'keep', deciding: 'detect' });
  });

  it('must hold against the last champion that won by being better too', () => {
    const difference = interval(-0.002, -0.009, 0.005);
    const against = (anchorDifference: Interval | null) =>
      decide(with_({ difference, anchorDifference }, { anchor }), nonInferior);
    expect(against(interval(-0.004, -0.0099, 0.003)).kind).toBe('promote');
    expect(against(interval(-0.012, -0.02, -0.004))).toMatchObject({ kind: 'insufficient', deciding: 'anchor' });
    expect(against(interval(-0.02, -0.03, -0.0101))).toMatchObject({ kind: 'keep', deciding: 'anchor' });
    expect(against(null).kind).not.toBe('promote');
  });

  it.each([
    [{ unscorable: 'VersionUnloadable: needs scikit-learn 1.8', predictions: null }],
    [{ fittedOnJudgedRows: 3 }],
    [{ brokenScores: 1 }],
  ])('asks a person where that one cannot be judged: %j', (changes) => {
    const kept = with_({ difference: interval(-0.002, -0.009, 0.005) }, { anchor: contender(changes) });
    expect(decide(kept, nonInferior)).toMatchObject({ kind: 'review', deciding: 'anchor-scored' });
    const lost = with_({ difference: interval(-0.02, -0.03, -0.011) }, { anchor: contender(changes) });
    expect(decide(lost, nonInferior).kind).toBe('keep');
  });

  it('allows a margin of half of what the champion is worth, and no more', () => {
    const difference = interval(0, -0.009, 0.009);
    const led = (low: number | null) =>
      decide(with_({ difference, championLead: interval(0.05, low, 0.08) }), nonInferior);
    expect(led(0.02).kind).toBe('promote');
    expect(led(0.0199)).toMatchObject({ kind: 'review', deciding: 'margin' });
    expect(led(null)).toMatchObject({ kind: 'review', deciding: 'margin' });
  });
});
