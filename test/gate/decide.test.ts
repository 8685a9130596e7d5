import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../gate/decide.ts';
import type { Policy } from '../../schemas/policy.ts';
import { contender, evidence, interval, metric } from './evidence.ts';

const policy: Policy = { gate: { guardrails: [] }, labels: 'complete' };
const guarded: Policy = { gate: { guardrails: [{ metric: 'log_loss', margin: 0.002 }] }, labels: 'complete' };

describe('the gate', () => {
  it('promotes a challenger whose lower bound is above zero', () => {
    const verdict = decide(evidence(), policy);
    expect(verdict.kind).toBe('promote');
    expect(verdict.summary).toBe(
      'The challenger beats the champion: ROC AUC +0.0200 (95 % interval +0.0100 to +0.0300) on 1,000 rows in 14 clusters.',
    );
    expect(verdict.checks.every((check) => check.status === 'passed')).toBe(true);
  });

  it('keeps the champion against a better-looking challenger whose interval reaches zero', () => {
    const verdict = decide(evidence({ metrics: { roc_auc: metric({ difference: interval(0.02, 0, 0.04) }) } }), policy);
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'primary' });
  });

  it('promotes nothing for equal models, whatever the spread', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (spread) => {
        const same = metric({ difference: interval(0, -spread, spread) });
        expect(decide(evidence({ metrics: { roc_auc: same } }), policy).kind).toBe('keep');
      }),
    );
  });

  it('never promotes where the lower bound is not above zero', () => {
    const bound = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(bound, bound, bound, (low, estimate, high) => {
        const verdict = decide(
          evidence({ metrics: { roc_auc: metric({ difference: interval(estimate, low, high) }) } }),
          policy,
        );
        expect(verdict.kind === 'promote').toBe(low > 0);
      }),
    );
  });

  it('keeps the champion when a guardrail may be broken', () => {
    const hurt = metric({ better: 'lower', difference: interval(0.001, -0.0021, 0.004) });
    const verdict = decide(evidence({ metrics: { roc_auc: metric(), log_loss: hurt } }), guarded);
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'guardrail-log_loss' });
  });

  it('promotes when the guardrail holds within its margin', () => {
    expect(decide(evidence(), guarded).kind).toBe('promote');
  });

  it('crowns the first challenger only when it beats the trivial predictor', () => {
    const alone = { champion: null };
    const metrics = (low: number) => ({
      roc_auc: metric({ champion: null, difference: null, championLead: null, lead: interval(0.1, low, 0.2) }),
    });
    expect(decide(evidence({ ...alone, metrics: metrics(0.01) }), guarded).kind).toBe('promote');
    expect(decide(evidence({ ...alone, metrics: metrics(-0.01) }), guarded)).toMatchObject({
      kind: 'keep',
      deciding: 'primary',
    });
  });

  it.each([
    ['compared with itself', { champion: contender({ cycle: 'model.live.20010219T000000Z.v1' }) }, 'distinct-versions'],
    ['champion fitted on a judged row', { champion: contender({ fittedOnJudgedRows: 1 }) }, 'unseen-rows'],
    [
      'challenger fitted on a judged row',
      { challenger: contender({ cycle: 'other', fittedOnJudgedRows: 1 }) },
      'unseen-rows',
    ],
    ['another answer in rehearsal', { rehearsal: { rows: 1000, mismatches: 1, largestDifference: 0.2 } }, 'rehearsal'],
    ['no rehearsal at all', { rehearsal: { rows: 0, mismatches: 0, largestDifference: null } }, 'rehearsal'],
  ])('calls the comparison invalid: %s', (_, changes, deciding) => {
    expect(decide(evidence(changes), policy)).toMatchObject({ kind: 'invalid', deciding });
  });

  it.each([
    [
      'a champion that cannot be scored',
      { champion: contender({ predictions: null, unscorable: 'VersionUnloadable: needs scikit-learn 1.8' }) },
      'champion-scored',
    ],
    [
      'labels that differ',
      { rows: { holdout: 1000, inBoth: 990, unlabelled: 0, choseChampion: 0, labelsDiffer: 3, judged: 990 } },
      'same-labels',
    ],
  ])('asks a person: %s', (_, changes, deciding) => {
    expect(decide(evidence(changes), policy)).toMatchObject({ kind: 'review', deciding });
  });

  it('asks a person where labels are selected, even for a clear win', () => {
    expect(decide(evidence(), { ...policy, labels: 'selected' })).toMatchObject({
      kind: 'review',
      deciding: 'complete-labels',
    });
  });

  it.each([
    ['nothing to measure', { metrics: {}, unmeasured: 'every row of the holdout took part in choosing the champion' }],
    ['no metric, although nothing says why', { metrics: {} }],
    ['the deciding metric is missing', { metrics: { log_loss: metric() } }],
    ['one cluster', { clusters: { by: 'day' as const, count: 1, largestShare: 1 } }],
    ['no interval', { metrics: { roc_auc: metric({ difference: interval(0.2, null, null) }) } }],
  ])('says that there is too little data: %s', (_, changes) => {
    expect(decide(evidence(changes), policy).kind).toBe('insufficient');
  });

  it('is a function of its arguments alone', () => {
    expect(decide(evidence(), guarded)).toEqual(decide(structuredClone(evidence()), structuredClone(guarded)));
  });
});
