import { describe, expect, it } from 'vitest';
import type { Evidence, Interval } from '../../schemas/evidence.ts';
import { decide } from './decided.ts';
import { evidence, interval, metric, policy } from './evidence.ts';

describe('nobody reigns yet', () => {
  const alone = (lead: Interval, changes: Partial<Evidence> = {}) =>
    evidence({
      champion: null,
      metrics: { roc_auc: metric({ champion: null, difference: null, championLead: null, lead }) },
      ...changes,
    });
  const strict = policy({
    guardrails: [{ metric: 'log_loss', margin: 0 }],
    slices: [{ column: 'origin', margin: 0, protected: true }],
  });

  it('crowns the first challenger that beats the trivial predictor, without guardrails and slices', () => {
    const verdict = decide(alone(interval(0.1, 0.01, 0.2)), strict);
    expect(verdict.kind).toBe('promote');
    expect(verdict.summary).toContain('beats the trivial predictor');
    expect(verdict.checks.map(({ name }) => name)).not.toContain('guardrail-log_loss');
  });

  it('does not crown one that may be worse', () => {
    expect(decide(alone(interval(0.1, -0.01, 0.2)), strict)).toMatchObject({
      kind: 'insufficient',
      deciding: 'primary',
    });
    expect(decide(alone(interval(-0.1, -0.2, -0.01)), strict).kind).toBe('keep');
  });

  it('asks for floors', () => {
    const floor = policy({ floors: [{ metric: 'roc_auc', limit: 0.65 }] });
    expect(decide(alone(interval(0.1, 0.01, 0.2)), floor)).toMatchObject({ deciding: 'floor-roc_auc' });
  });

  it('accepts no loss against the trivial predictor, also where the champion may be missed by a margin', () => {
    const generous = policy({ win: 'nonInferior', margin: 0.05, reason: 'a simpler model is worth it' });
    expect(decide(alone(interval(0.01, -0.01, 0.03)), generous)).toMatchObject({ kind: 'insufficient' });
    expect(decide(alone(interval(0.02, 0.01, 0.03)), generous)).toMatchObject({ kind: 'promote' });
  });
});
