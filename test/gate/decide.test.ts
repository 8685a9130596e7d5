import { describe, expect, it } from 'vitest';
import { decide as decideAsItIs } from '../../gate/decide.ts';
import type { Evidence, Interval } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import {
  calibration,
  contender,
  controlledBy,
  controls,
  evidence,
  interval,
  metric,
  policy,
  selection,
} from './evidence.ts';

/** The verdict; controls stand where the policy draws its boundary, unless there are others. */
const decide = (found: Evidence, under: Policy) =>
  decideAsItIs(found.controls?.flips?.count === 1000 ? controlledBy(under, found) : found, under);

const by = (difference: Interval | null, changes: Partial<Evidence> = {}) =>
  evidence({ metrics: { roc_auc: metric({ difference }) }, ...changes });

describe('the order of verdicts', () => {
  it('promotes a challenger whose lower bound is above zero', () => {
    const verdict = decide(evidence(), policy());
    expect(verdict).toMatchObject({ kind: 'promote', deciding: 'primary' });
    expect(verdict.summary).toBe(
      'The challenger beats the champion: ROC AUC +0.0200 (95 % interval +0.0100 to +0.0300) on 1,000 rows in 14 clusters.',
    );
    expect(verdict.checks.filter(({ status }) => status !== 'passed').map(({ status }) => status)).toEqual(
      Array(4).fill('noted'),
    );
  });

  it('keeps the champion where a loss is shown', () => {
    const verdict = decide(by(interval(-0.02, -0.03, -0.0001)), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'primary' });
    expect(verdict.summary).toContain('is worse than the champion: ROC AUC −0.0200');
    expect(verdict.checks.find(({ name }) => name === 'primary')?.status).toBe('failed');
  });

  it('lets a person see a loss, where the policy says so', () => {
    const verdict = decide(by(interval(-0.02, -0.03, -0.0001)), policy({ onLoss: 'review' }));
    expect(verdict.kind).toBe('review');
    expect(verdict.summary).toContain('by policy a person decides');
  });

  it('calls no loss what the margin accepts', () => {
    const loss = by(interval(-0.02, -0.03, -0.01));
    expect(decide(loss, policy({ margin: 0.005 }))).toMatchObject({ kind: 'keep', deciding: 'primary' });
    expect(decide(loss, policy({ margin: 0.01 }))).toMatchObject({ kind: 'keep', deciding: 'detect' });
  });

  it('keeps the champion where even the upper bound is not worth having', () => {
    const verdict = decide(by(interval(0.002, -0.004, 0.0099)), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'detect' });
    expect(verdict.summary).toBe(
      'The challenger does not beat the champion, and could gain too little to wait for more data: ROC AUC +0.0020 (95 % interval −0.0040 to +0.0099) on 1,000 rows in 14 clusters.',
    );
  });

  it('waits for exactly what is worth having', () => {
    expect(decide(by(interval(0.002, -0.006, 0.01)), policy()).kind).toBe('insufficient');
  });

  it('says that there is too little data where the challenger might gain what is worth having', () => {
    const verdict = decide(by(interval(0.0154, -0.0013, 0.0321)), policy());
    expect(verdict).toMatchObject({ kind: 'insufficient', deciding: 'primary' });
    expect(verdict.summary).toContain('a gain of 0.01 takes about 120 clusters');
  });

  it('promotes a gain that is shown, also where it is smaller than what is worth waiting for', () => {
    expect(decide(by(interval(0.004, 0.001, 0.007)), policy()).kind).toBe('promote');
  });

  it.each([
    [{ minimumGain: 0.01 }, 0.01, 'insufficient'],
    [{ minimumGain: 0.01 }, 0.0101, 'promote'],
    [{}, 0, 'insufficient'],
    [{}, 1e-9, 'promote'],
  ])('asks %j of the lower bound: %d gives %s', (gate, low, kind) => {
    expect(decide(by(interval(0.02, low, 0.03)), policy(gate)).kind).toBe(kind);
  });

  it('never waits for a gain that could not win', () => {
    const below = by(interval(0.01, -0.005, 0.025));
    expect(decide(below, policy({ minimumGain: 0.03 }))).toMatchObject({ kind: 'keep', deciding: 'detect' });
  });

  it('decides by the bounds at the charged alpha and shows the 95 % interval beside them', () => {
    const strict = interval(0.02, 0.004, 0.036, { alpha: 0.0008, decidingLow: -0.006, decidingHigh: 0.046 });
    const charged: Partial<Evidence> = {
      charge: { alpha: 0.0008, account: 'schedule' },
      controls: controls({ flips: null }),
    };
    const verdict = decide(by(strict, charged), policy());
    expect(verdict.kind).toBe('insufficient');
    expect(verdict.summary).toContain(
      'ROC AUC +0.0200 (95 % interval +0.0040 to +0.0360, deciding lower bound −0.0060 at alpha 0.0008)',
    );
    const loose = { ...strict, decidingLow: 0.0001 };
    expect(decide(by(loose, charged), policy()).kind).toBe('promote');
  });

  it('keeps the champion against itself in disguise', () => {
    const verdict = decide(evidence({ identical: true }), policy());
    expect(verdict).toMatchObject({ kind: 'keep', deciding: 'new-answers' });
    expect(verdict.summary).toBe(
      'The challenger is the champion in disguise: both answer the same on 1,000 rows in 14 clusters.',
    );
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      'a champion that cannot be scored',
      { champion: contender({ predictions: null, unscorable: 'VersionUnloadable: needs scikit-learn 1.8' }) },
      'champion-scored',
    ],
    [
      'labels that differ',
      { rows: { ...evidence().rows, inBoth: 990, labelsDiffer: 3, judged: 990, effective: 990 } },
      'same-labels',
    ],
  ])('asks a person: %s', (_, changes, deciding) => {
    const lost = metric({ difference: interval(-0.1, -0.2, -0.05) });
    expect(decide(evidence({ metrics: { roc_auc: lost }, ...changes }), policy())).toMatchObject({
      kind: 'review',
      deciding,
    });
  });

  it.each<[string, Partial<Evidence>, string]>([
    [
      'nothing to measure',
      { metrics: {}, unmeasured: 'every row of the holdout took part in choosing the champion' },
      'measurable',
    ],
    ['no metric, although nothing says why', { metrics: {} }, 'interval'],
    ['the deciding metric is missing', { metrics: { log_loss: metric() } }, 'interval'],
    ['six clusters', { clusters: { by: 'day', count: 6, largestShare: 0.2 } }, 'enough-clusters'],
    [
      'clusters that are worth three',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { degreesOfFreedom: 2 }) }) } },
      'enough-clusters',
    ],
    [
      'six clusters with any weight',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { clusters: 6 }) }) } },
      'enough-clusters',
    ],
    ['a giant cluster', { clusters: { by: 'day', count: 14, largestShare: 0.51 } }, 'no-giant-cluster'],
    ['three positives', { rows: { ...evidence().rows, byClass: [997, 3] } }, 'enough-rows'],
    ['no interval', { metrics: { roc_auc: metric({ difference: interval(0.2, null, null) }) } }, 'interval'],
    [
      'a bound on one side only',
      { metrics: { roc_auc: metric({ difference: interval(0.2, 0.1, 0.3, { decidingHigh: null }) }) } },
      'interval',
    ],
  ])('says that there is too little data to tell at all: %s', (_, changes, deciding) => {
    expect(decide(evidence(changes), policy())).toMatchObject({ kind: 'insufficient', deciding });
  });

  it('says which class is rare, and needs every class only where the metric rests on each', () => {
    const rare = { ...evidence().rows, byClass: [989, 8, 3] };
    const multiclass = {
      task: 'multiclass' as const,
      classes: ['a', 'b', 'c'],
      positive: null,
      rows: rare,
      primary: 'macro_f1' as const,
      metrics: { macro_f1: metric() },
    };
    const verdict = decide(evidence(multiclass), policy({ primary: 'macro_f1' }));
    expect(verdict.kind).toBe('insufficient');
    expect(verdict.summary).toContain('3 judged rows of the class c');
    const byLoss = { ...multiclass, primary: 'log_loss' as const, metrics: { log_loss: metric({ better: 'lower' }) } };
    expect(decide(evidence(byLoss), policy({ primary: 'log_loss' })).kind).toBe('promote');
  });

  it('needs rows also where there are no classes', () => {
    const regression = {
      task: 'regression' as const,
      classes: null,
      primary: 'rmse' as const,
      metrics: { rmse: metric({ better: 'lower' }) },
    };
    const rows = { ...evidence().rows, byClass: null };
    expect(decide(evidence({ ...regression, rows }), policy()).kind).toBe('promote');
    expect(decide(evidence({ ...regression, rows: { ...rows, judged: 9 } }), policy())).toMatchObject({
      kind: 'insufficient',
      deciding: 'enough-rows',
    });
  });
});

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

describe('what leaves a win to a person', () => {
  const capped = (changes: Partial<Evidence>, by = policy()) => decide(evidence(changes), by);
  const lost = { metrics: { roc_auc: metric({ difference: interval(-0.02, -0.03, -0.01) }) } };

  it.each([
    ['no selection was read', null, 'no decision column'],
    ['no probability', selection({ weighted: false, overlap: null, randomised: null }), 'no approval probability'],
    ['nobody approved at random', selection({ randomised: 0 }), 'at random'],
    ['some who never had a chance', selection({ overlap: 0.98 }), '2 % of all rows had no chance'],
    ['swap-ins that never show a label', selection({ unreachable: 0.02 }), 'can never show a label'],
    ['a row that outweighs the rest', selection({ largestWeight: 0.06 }), '6 % of all weight'],
    ['few rows in effect', selection({ effectiveRows: 99 }), 'worth 99 equal ones'],
  ])('selected labels: %s', (_, found, words) => {
    const verdict = capped({ selection: found }, policy({}, 'selected'));
    expect(verdict).toMatchObject({ kind: 'review', deciding: 'complete-labels' });
    expect(verdict.summary).toContain('measured on applicants whom the champion accepted');
    expect(verdict.summary).toContain(words);
    expect(capped({ ...lost, selection: found }, policy({}, 'selected')).kind).toBe('keep');
  });

  it('promotes under selected labels where approvals at random reach everybody', () => {
    expect(capped({ selection: selection() }, policy({}, 'selected')).kind).toBe('promote');
  });

  it('says among which rows labels are missing', () => {
    const labels = { ...evidence().labels, unlabelledShare: 0.4 };
    const verdict = capped({ labels, selection: selection() }, policy({}, 'selected'));
    expect(verdict).toMatchObject({ kind: 'review', deciding: 'labelled-rows' });
    expect(verdict.summary).toContain('40 % of the accepted rows have no label');
    expect(capped({ labels }).summary).toContain('40 % of the mature rows have no label');
  });

  it.each([
    [{ unlabelledShare: 0.011 }, 'review'],
    [{ unlabelledShare: 0.01 }, 'promote'],
    [{ trending: true }, 'review'],
  ])('missing labels: %j', (changes, kind) => {
    const labels = { ...evidence().labels, ...changes };
    expect(capped({ labels }).kind).toBe(kind);
    const open = { metrics: { roc_auc: metric({ difference: interval(0, -0.005, 0.005) }) } };
    expect(capped({ labels, ...open }).kind).toBe(kind === 'review' ? 'review' : 'keep');
    expect(capped({ labels, ...lost }).kind).toBe('keep');
  });

  it('says of a file that nobody knows its anchor', () => {
    const policy_ = policy({ win: 'nonInferior', margin: 0.001, reason: 'a tenth of the cost' });
    const told = (account: 'none' | 'cycle') =>
      capped({ charge: { alpha: 0.025, account } }, policy_).checks.find(({ name }) => name === 'anchor-scored')
        ?.status;
    expect(told('none')).toBe('notRun');
    expect(told('cycle')).toBeUndefined();
  });

  it('asks a person where the rate of the label moves', () => {
    const rateTrend = { estimate: -0.004, low: -0.006, high: -0.002 };
    const moving = (rateTrending: boolean) => capped({ labels: { ...evidence().labels, rateTrend, rateTrending } });
    expect(moving(true)).toMatchObject({ kind: 'review', deciding: 'label-rate' });
    expect(moving(true).summary).toContain('by −0.0040 a day (99.9 %: −0.0060 to −0.0020)');
    expect(moving(false).kind).toBe('promote');
  });

  it.each([
    [1000, 990, 'promote'],
    [1000, 989, 'review'],
    [null, 1000, 'promote'],
  ])(
    'asks a person where a query leaves rows out: %s of the champion, %i in both',
    (holdoutOfChampion, inBoth, kind) => {
      const rows = { ...evidence().rows, holdoutOfChampion, inBoth, judged: inBoth };
      expect(capped({ rows }).kind).toBe(kind);
      if (kind === 'review') expect(capped({ rows })).toMatchObject({ deciding: 'shared-rows' });
    },
  );

  it('asks a person where the rows of a deleted snapshot could not be checked', () => {
    const { champion } = evidence();
    const unchecked = champion && { ...champion, fittedOnJudgedRows: null };
    const verdict = capped({ champion: unchecked, rowIdsGone: ['b'.repeat(64)] });
    expect(verdict).toMatchObject({ kind: 'review', deciding: 'known-rows' });
    expect(verdict.summary).toContain('could not be checked');
    expect(verdict.checks.find(({ name }) => name === 'unseen-rows')).toMatchObject({
      status: 'unknown',
      measured: 'challenger fitted on 0, champion on an unknown number of the judged rows',
    });
  });

  it('notes what was told before the fit', () => {
    const forecast = { optimistic: 0.02, pessimistic: 0.04, pastCycles: 5 };
    const { checks } = capped({ detection: { ...evidence().detection, forecast } });
    expect(checks.find(({ name }) => name === 'detectable')?.measured).toMatch(
      /; before the fit 5 past cycles foretold a gain of 0\.02 to 0\.04$/,
    );
  });

  it('does not promote on an empty budget', () => {
    const charge = { alpha: 0.025, account: 'exhausted' as const };
    expect(capped({ charge })).toMatchObject({ kind: 'review', deciding: 'error-budget' });
    expect(capped({ charge, ...lost }).kind).toBe('keep');
    for (const account of ['schedule', 'reserve', 'none'] as const)
      expect(capped({ charge: { alpha: 0.025, account } }).kind).toBe('promote');
  });

  it('asks for every promotion where the policy says so', () => {
    const always = policy({ approval: { when: 'always', deadline: 'P7D' } });
    expect(capped({}, always)).toMatchObject({ kind: 'review', deciding: 'approval' });
    expect(capped(lost, always).kind).toBe('keep');
  });

  it('names the first of several reasons', () => {
    const always = policy({ approval: { when: 'always', deadline: 'P7D' } }, 'selected');
    expect(capped({ charge: { alpha: 0.025, account: 'exhausted' } }, always).deciding).toBe('complete-labels');
  });
});

describe('what is noted', () => {
  const flips = { count: 999, exhaustive: false, lows: Array<number>(999).fill(-0.01) };
  const noted = (changes: Partial<Evidence>) =>
    Object.fromEntries(
      decide(evidence(changes), policy())
        .checks.filter(({ status }) => status === 'noted')
        .map(({ name, measured }) => [name, measured]),
    );

  it.each<[Partial<Evidence>]>([
    [{ rows: { ...evidence().rows, byClass: [901, 99] } }],
    [{ clusters: { by: 'day', count: 13, largestShare: 0.1 } }],
    [{ clusters: { by: 'day', count: 14, largestShare: 0.21 } }],
    [{ controls: controls({ flips: { ...flips, skewness: -1.3 } }) }],
    [{ primary: 'expected_cost', metrics: { expected_cost: metric({ better: 'lower' }) } }],
  ])('that error rates were not measured on such data, without changing the verdict: %#', (changes) => {
    expect(noted(changes).domain).toContain('were not measured there');
    expect(decide(evidence(changes), policy()).kind).toBe('promote');
    expect(noted({}).domain).not.toContain('not measured');
  });

  it.each([
    [14, -1.1],
    [14, 3],
    [100, -0.59],
    [100_000, -10],
  ])('no skewness that chance gives, that is harmless or that so many clusters bear: %i, %d', (count, skewness) => {
    const clusters = { by: 'day' as const, count, largestShare: 0.1 };
    const { domain } = noted({ clusters, controls: controls({ flips: { ...flips, skewness } }) });
    expect(domain).not.toContain('skewed');
  });

  it('the age of both models, when judged and when they will serve', () => {
    const challenger = contender({
      cycle: 'other',
      trainWindow: { from: '2001-01-01T00:00:00Z', to: '2001-02-05T00:00:00Z' },
    });
    expect(noted({ challenger }).age).toBe(
      'challenger judged 0 days and served 14 days after its training ends; champion judged 7 days and served 21 days after its training ends',
    );
  });

  it('only what is there to be noted', () => {
    expect(Object.keys(noted({}))).toEqual(['detect', 'domain', 'detectable', 'age']);
  });

  it('shift, calibration, swap set, flipped labels, weights and what became of the last promotion', () => {
    const swapped = { rows: 20, labelled: 0, positiveRate: null };
    const found = noted({
      rows: { ...evidence().rows, effective: 640.4 },
      observations: { document: 'a'.repeat(64), leaks: [], shifted: ['income', 'age'], flippedLabels: 2 },
      scoreShift: {
        column: 'score',
        psi: 0.3,
        ks: 0.2,
        auc: null,
        reference: { holdouts: 8, psi: 0.1, ks: 0.1, auc: null },
        newCategories: null,
        newCategoryShare: null,
        vanishedCategories: null,
        vanishedCategoryShare: null,
        alarm: true,
      },
      calibration: {
        challenger: calibration({ slope: { estimate: 1.5, low: 1.2, high: 1.8 } }),
        champion: calibration({ intercept: { estimate: -0.5, low: -0.7, high: -0.3 } }),
      },
      swapSet: {
        cutoff: 0.3,
        accept: 'below',
        swapIns: swapped,
        swapOuts: { rows: 12, labelled: 12, positiveRate: 0.25 },
        acceptedByBoth: { rows: 700, labelled: 700, positiveRate: 0.1 },
        rejectedByBoth: { rows: 268, labelled: 268, positiveRate: 0.5 },
      },
      followUp: {
        cycle: 'model.live.20010212T000000Z.v1',
        epoch: 2,
        window: evidence().window,
        rows: 800,
        complete: false,
        promised: { estimate: 0.02, low: 0.01, high: 0.03 },
        found: interval(0.004, -0.002, 0.01),
        unmeasured: null,
      },
    });
    expect(found.shift).toBe('2 features shifted since training: income, age');
    expect(found['score-shift']).toContain('PSI 0.3');
    expect(found.calibration).toBe(
      'slope of the challenger 1.5 (1.2 to 1.8); intercept of the champion −0.5 (−0.7 to −0.3)',
    );
    expect(found['swap-set']).toBe(
      'accepted by the challenger alone 20 (0 with label), by the champion alone 12 (12 with label, 25 % positive)',
    );
    expect(found['flipped-labels']).toContain('2 labels');
    expect(found['effective-rows']).toContain('worth 640 equal ones');
    expect(found['follow-up']).toContain('ROC AUC +0.0200, next period +0.0040 on 800 rows so far');
  });
});

it('is a function of its arguments alone', () => {
  const frozen = JSON.stringify([evidence(), policy()]);
  const [found, by]: [Evidence, ReturnType<typeof policy>] = JSON.parse(frozen);
  expect(decideAsItIs(found, by)).toEqual(decideAsItIs(evidence({ controls: controls() }), policy()));
  expect(JSON.stringify([found, by])).toBe(frozen);
});

describe('what the features show', () => {
  const shift = (column: string, psi: number) => ({
    ...{ column, psi, ks: 0.6, auc: null, newCategories: null, newCategoryShare: null, vanishedCategories: null },
    ...{ vanishedCategoryShare: null, alarm: false, reference: { holdouts: 0, psi: null, ks: null, auc: null } },
  });
  const seen = { document: 'a'.repeat(64), leaks: [], shifted: [], flippedLabels: 0 };
  const noteOf = (observations: Evidence['observations'], name: string) =>
    decide(evidence({ format: 3, observations }), policy()).checks.find((check) => check.name === name)?.measured;

  it('is told with its size where no earlier holdouts say what is usual', () => {
    const unreferenced = [shift('bureau', 6.4), shift('remark', 4)];
    expect(noteOf({ ...seen, unreferenced, empty: [] }, 'unreferenced-shift')).toBe(
      "2 features differ from training by the policy's size, and fewer than three earlier holdouts say what is usual: bureau (PSI 6.4, KS 0.6), remark (PSI 4, KS 0.6)",
    );
    expect(noteOf({ ...seen, unreferenced: [], empty: [] }, 'unreferenced-shift')).toBeUndefined();
  });

  it('is told where a feature is NULL in every training row', () => {
    expect(noteOf({ ...seen, empty: ['bureau'] }, 'empty-features')).toBe('bureau is NULL in every training row');
    expect(noteOf({ ...seen, empty: ['bureau', 'remark'] }, 'empty-features')).toBe(
      'bureau, remark are NULL in every training row',
    );
  });
});

describe('classes that not every version knows', () => {
  it('are named with how many rows were left out', () => {
    const found = evidence({
      format: 3,
      classes: ['paid', 'late', 'fraud'],
      champion: contender({ classes: ['late', 'paid'] }),
    });
    const left = { ...found, rows: { ...found.rows, otherClasses: 12 } };
    const note = decide(left, policy()).checks.find(({ name }) => name === 'shared-classes');
    expect(note?.measured).toBe(
      '12 rows of classes that not every version knows left out: the champion does not know fraud',
    );
    expect(decide(found, policy()).checks.map(({ name }) => name)).not.toContain('shared-classes');
  });
});
