import { describe, expect, it } from 'vitest';
import { decide } from '../../gate/decide.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { contender, controls, evidence, interval, metric, policy } from './evidence.ts';

const rows = evidence().rows;
const observations = (leak: { column: string; kind: 'equals-label' | 'near-perfect'; strength: number }) => ({
  document: 'a'.repeat(64),
  leaks: [leak],
  shifted: [],
  flippedLabels: 0,
});

/** Charged, and drawn, at this alpha. */
const at = (alpha: number): Partial<Evidence> => ({
  charge: { alpha, account: 'cycle' },
  metrics: { roc_auc: metric({ difference: interval(0.02, 0.01, 0.03, { alpha }) }) },
});

/** Each check, broken on purpose. */
const broken: [what: string, changes: Partial<Evidence>, deciding: string, words: string][] = [
  ['compared with itself', { champion: contender({ cycle: evidence().challenger.cycle }) }, 'distinct-versions', ''],
  [
    'champion fitted on a judged row',
    { champion: contender({ fittedOnJudgedRows: 1 }) },
    'unseen-rows',
    'champion on 1',
  ],
  [
    'challenger fitted on judged rows',
    { challenger: contender({ cycle: 'other', fittedOnJudgedRows: 7 }) },
    'unseen-rows',
    'fitted on 7',
  ],
  [
    'judged on the holdout that chose the champion',
    { choseChampion: ['a'.repeat(64)] },
    'unchosen-rows',
    'the very holdout',
  ],
  ['rows that do not add up', { rows: { ...rows, choseChampion: 1 } }, 'unchosen-rows', '1,000 rows judged'],
  [
    'labels that were not known yet',
    { window: { from: '2001-02-05T00:00:00Z', to: '2001-02-19T00:00:01Z' } },
    'mature-labels',
    '2001-02-19T00:00:01Z',
  ],
  [
    'an event after the end of the holdout',
    { labels: { ...evidence().labels, newestEvent: '2001-02-19T00:00:00Z' } },
    'mature-labels',
    'its newest event is of 2001-02-19T00:00:00Z',
  ],
  [
    'a score of the challenger that is none',
    { challenger: contender({ cycle: 'other', brokenScores: 2 }) },
    'finite-scores',
    'the challenger has 2 broken scores',
  ],
  ['a score of the champion that is none', { champion: contender({ brokenScores: 1 }) }, 'finite-scores', 'champion 1'],
  [
    'the label among the features',
    { observations: observations({ column: 'paid_at', kind: 'equals-label', strength: 1 }) },
    'no-leak',
    'paid_at equals the label',
  ],
  [
    'a feature that knows too much',
    { observations: observations({ column: 'calls', kind: 'near-perfect', strength: 0.998 }) },
    'no-leak',
    'calls alone predicts it (0.998)',
  ],
  [
    'another answer in rehearsal',
    { rehearsal: { rows: 1000, mismatches: 1, largestDifference: 0.2 } },
    'rehearsal',
    '1 of 1,000 rows',
  ],
  ['no rehearsal at all', { rehearsal: { rows: 0, mismatches: 0, largestDifference: null } }, 'rehearsal', '0 of 0'],
  ['no chance of error at all', at(0), 'error-level', 'alpha 0'],
  ['a coin toss', at(0.5), 'error-level', 'alpha 0.5'],
  [
    'an interval of another level than was charged',
    { charge: { alpha: 0.001, account: 'schedule' } },
    'error-level',
    'drawn for 0.025',
  ],
  [
    'too many equal models win',
    { controls: controls({ flips: { count: 1000, exhaustive: false, lows: Array(1000).fill(0.1), skewness: 0 } }) },
    'gate-controls',
    'win 100 % of 1,000 sign flips',
  ],
  [
    'random scores win',
    { controls: controls({ shuffled: { difference: interval(0.1, 0.05, 0.15), mustLose: false } }) },
    'gate-controls',
    'and win (they must not)',
  ],
  [
    'random scores do not lose',
    { controls: controls({ shuffled: { difference: interval(-0.1, -0.3, 0.1), mustLose: true } }) },
    'gate-controls',
    'do not lose (they must)',
  ],
  [
    'a planted gain does not win',
    { controls: controls({ planted: { gain: 0.06, difference: interval(0.06, -0.01, 0.13), notRun: null } }) },
    'gate-controls',
    'a planted gain of 0.06 does not win',
  ],
  [
    'a fit on shuffled labels wins',
    { controls: controls({ shuffledFit: { difference: interval(0.1, 0.05, 0.15), notRun: null } }) },
    'gate-controls',
    'a fit on shuffled labels wins',
  ],
];

describe('a comparison that does not hold', () => {
  it.each(broken)('%s', (_, changes, deciding, words) => {
    const verdict = decide(evidence(changes), policy());
    expect(verdict).toMatchObject({ kind: 'invalid', deciding });
    expect(verdict.summary).toContain(words);
    expect(verdict.summary).toMatch(/^The comparison does not hold: /);
  });

  it.each(broken)('comes before everything else: %s', (_, changes, deciding) => {
    const worst: Partial<Evidence> = {
      identical: true,
      metrics: { roc_auc: metric({ difference: interval(-0.1, -0.2, -0.05) }) },
      clusters: { by: 'day', count: 3, largestShare: 0.9 },
      labels: { ...evidence().labels, unlabelledShare: 0.9 },
    };
    expect(decide(evidence({ ...worst, ...changes }), policy())).toMatchObject({ kind: 'invalid', deciding });
  });

  it('says how many rows that chose the champion were left out', () => {
    const fewer = { ...rows, judged: 900, effective: 900, choseChampion: 100, byClass: [720, 180] };
    const verdict = decide(evidence({ rows: fewer, choseChampion: ['c'.repeat(64)] }), policy());
    expect(verdict.kind).toBe('promote');
    expect(verdict.checks.find(({ name }) => name === 'unchosen-rows')).toMatchObject({
      status: 'passed',
      measured: '100 rows that took part in choosing the champion left out',
    });
  });

  it('says what could not be looked at, and leaves it to a person', () => {
    const verdict = decide(evidence({ observations: null, controls: null }), policy());
    expect(verdict).toMatchObject({ kind: 'review', deciding: 'self-tests' });
    expect(verdict.checks.filter(({ status }) => status === 'notRun').map(({ name }) => name)).toEqual([
      'no-leak',
      'gate-controls',
    ]);
  });
});
