import { describe, expect, it } from 'vitest';
import type { Interval } from '../../schemas/evidence.ts';
import { decide } from './decided.ts';
import { evidence, interval, metric, policy } from './evidence.ts';

describe('bars besides the primary metric', () => {
  const rail = policy({ guardrails: [{ metric: 'log_loss', margin: 0.002 }] });
  const guarded = (difference: Interval | null) =>
    decide(evidence({ metrics: { roc_auc: metric(), log_loss: metric({ better: 'lower', difference }) } }), rail);

  it.each([
    [interval(0.001, -0.00199, 0.003), 'promote', 'primary'],
    [interval(0.001, -0.002, 0.003), 'insufficient', 'guardrail-log_loss'],
    [interval(-0.001, -0.0021, 0.004), 'insufficient', 'guardrail-log_loss'],
    [interval(-0.005, -0.008, -0.0021), 'keep', 'guardrail-log_loss'],
    [null, 'insufficient', 'guardrail-log_loss'],
  ])('guardrails: %#', (difference, kind, deciding) => {
    expect(guarded(difference)).toMatchObject({ kind, deciding });
  });

  it('keeps the champion where a guardrail is open and the gain is not worth waiting for', () => {
    const metrics = {
      roc_auc: metric({ difference: interval(0.004, 0.001, 0.007) }),
      log_loss: metric({ better: 'lower', difference: interval(-0.001, -0.01, 0.008) }),
    };
    const verdict = decide(evidence({ metrics }), rail);
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'detect' });
    expect(verdict.summary).toContain('beats the champion but does not clear every bar');
  });

  it.each([
    ['roc_auc', 'higher', 0.62, 'promote'],
    ['roc_auc', 'higher', 0.65, 'insufficient'],
    ['roc_auc', 'higher', 0.7, 'keep'],
    ['log_loss', 'lower', 0.7, 'promote'],
    ['log_loss', 'lower', 0.65, 'insufficient'],
    ['log_loss', 'lower', 0.62, 'keep'],
  ] as const)('floors: %s, %s is better, against %d gives %s', (name, better, limit, kind) => {
    const metrics = { roc_auc: metric(), [name]: metric({ better, alone: interval(0.66, 0.63, 0.69) }) };
    expect(decide(evidence({ metrics }), policy({ floors: [{ metric: name, limit }] })).kind).toBe(kind);
  });
});
