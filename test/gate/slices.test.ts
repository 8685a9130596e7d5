import { describe, expect, it } from 'vitest';
import { decide } from '../../gate/decide.ts';
import type { SliceEvidence } from '../../schemas/evidence.ts';
import type { Gate } from '../../schemas/gate.ts';
import { evidence, interval, metric, policy, slice } from './evidence.ts';

const declared = (changes: Partial<Gate['slices'][number]> = {}, gate: Partial<Gate> = {}) =>
  policy({ slices: [{ column: 'origin', margin: 0.01, protected: false, ...changes }], ...gate });
const judge = (slices: SliceEvidence[], by = declared()) => decide(evidence({ slices }), by);
const status = (slices: SliceEvidence[], by = declared()) =>
  judge(slices, by).checks.find(({ name }) => name.startsWith('slice-'))?.status;

const holds = slice('origin', 'ORD');
const loses = slice('origin', 'ATL', { difference: interval(-0.04, -0.06, -0.02), holmHigh: -0.0101 });
const losesAlone = slice('origin', 'ATL', { difference: interval(-0.04, -0.06, -0.02), holmHigh: -0.0099 });
const open = slice('origin', null, { difference: interval(0.01, -0.02, 0.04), holmHigh: 0.05 });
const unmeasured = slice('origin', 'SFO', {
  ...{ rows: 3, clusters: 2, challenger: null, champion: null, difference: null, holmHigh: null },
  unmeasured: 'one class only',
});

describe('declared slices', () => {
  it('pass where every part holds', () => {
    expect(judge([holds, slice('origin', 'DEN')]).kind).toBe('promote');
    expect(status([holds])).toBe('passed');
  });

  it('keep the champion where one part loses after the correction for many', () => {
    const verdict = judge([holds, loses, open]);
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'slice-origin' });
    expect(verdict.summary).toContain(
      'ROC AUC by origin: 1 of 3 parts hold, 1 lose, at worst −0.0400, 1 cannot be told, at worst +0.0100',
    );
    expect(judge([loses], declared({}, { onLoss: 'review' })).kind).toBe('review');
  });

  it('only leave it open where a part loses by its own bound alone', () => {
    expect(status([holds, losesAlone])).toBe('unknown');
  });

  it.each([
    ['blockProtected', false, 'promote'],
    ['blockProtected', true, 'insufficient'],
    ['blockAll', false, 'insufficient'],
    ['pass', false, 'promote'],
    ['pass', true, 'promote'],
  ] as const)('with too few rows, %s, protected %s: %s', (undecidedSlices, isProtected, kind) => {
    for (const part of [open, unmeasured]) {
      const by = declared({ protected: isProtected }, { undecidedSlices });
      expect(judge([holds, part], by).kind).toBe(kind);
      expect(status([holds, part], by)).toBe('unknown');
    }
  });

  it('that were not measured at all block where they are protected', () => {
    expect(judge([], declared({ protected: true })).kind).toBe('insufficient');
    expect(judge([slice('destination', 'ORD')], declared({ protected: true })).kind).toBe('insufficient');
    expect(judge([], declared()).kind).toBe('promote');
  });

  it('are held to the policy, not to what the evidence says of it', () => {
    const lax = { ...loses, margin: 1 };
    expect(judge([lax]).kind).toBe('keep');
    expect(judge([lax], declared({ margin: 0.02 })).kind).toBe('promote');
  });

  it('are told apart by their metric', () => {
    const byLoss = slice('origin', 'ORD', { metric: 'log_loss', difference: interval(-1, -2, -0.5), holmHigh: -0.4 });
    expect(judge([holds, byLoss]).kind).toBe('promote');
    expect(judge([holds, byLoss], declared({ metric: 'log_loss' }))).toMatchObject({
      kind: 'keep',
      deciding: 'slice-origin-log_loss',
    });
  });

  it('name no value: a verdict travels where rows may not', () => {
    expect(JSON.stringify(judge([holds, loses, open, unmeasured]))).not.toMatch(/ORD|ATL|SFO/);
  });
});

describe('slices that a search found', () => {
  const found = (high: number) =>
    slice('origin', 'ATL', {
      where: [
        { column: 'origin', value: 'ATL' },
        { column: 'weekday', value: '5' },
      ],
      // Five were found: the bound that counts is Holm's.
      difference: interval(-0.05, -0.08, -0.03),
      holmHigh: high,
    });
  const searched = policy({ search: { columns: ['origin', 'weekday'], margin: 0.02 } });

  it('lead to a person at most', () => {
    const verdict = decide(evidence({ foundSlices: [found(-0.021)] }), searched);
    expect(verdict).toMatchObject({ kind: 'review', deciding: 'slice-search' });
    expect(verdict.summary).toContain('1 part by origin and weekday');
    expect(verdict.summary).not.toContain('ATL');
    const lost = metric({ difference: interval(-0.02, -0.03, -0.01) });
    expect(decide(evidence({ foundSlices: [found(-0.021)], metrics: { roc_auc: lost } }), searched).kind).toBe('keep');
  });

  it('do not where the loss may be within the margin, or where nobody asked', () => {
    expect(decide(evidence({ foundSlices: [found(-0.019)] }), searched).kind).toBe('promote');
    expect(decide(evidence({ foundSlices: [found(-0.021)] }), policy()).kind).toBe('promote');
  });
});
