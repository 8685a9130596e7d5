import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../schemas/evidence.ts';
import { Gate } from '../../schemas/gate.ts';
import { decide } from './decided.ts';
import { evidence, interval, metric, policy, selection } from './evidence.ts';

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

  it('asks a person where a version from outside may have been chosen by the rows, or nobody knows what it was fitted on', () => {
    const { challenger, window } = evidence();
    const outside = (given: Partial<typeof challenger>) =>
      capped({ challenger: { ...challenger, registeredAt: window.from, trainSnapshot: null, ...given } });
    expect(outside({}).kind).toBe('promote');
    expect(outside({ registeredAt: window.to })).toMatchObject({ kind: 'review', deciding: 'after-registration' });
    expect(outside({ trainWindow: null, fittedOnJudgedRows: null })).toMatchObject({
      ...{ kind: 'review', deciding: 'known-training' },
      summary: expect.stringContaining('MLflow does not say which rows the challenger was fitted on'),
    });
    // Rows from after its registration are none that a champion from outside was fitted on, whatever those were.
    const champion = { ...challenger, cycle: 'loans.registered.3', registeredAt: window.from, trainWindow: null };
    expect(capped({ champion: { ...champion, fittedOnJudgedRows: 0 } }).kind).toBe('promote');
    expect(capped({ champion: { ...champion, fittedOnJudgedRows: null } })).toMatchObject({
      deciding: 'known-training',
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
    const always = policy({ approval: { ...Gate.parse({}).approval, when: 'always' } });
    expect(capped({}, always)).toMatchObject({ kind: 'review', deciding: 'approval' });
    expect(capped(lost, always).kind).toBe('keep');
  });

  it('names the first of several reasons', () => {
    const always = policy({ approval: { ...Gate.parse({}).approval, when: 'always' } }, 'selected');
    expect(capped({ charge: { alpha: 0.025, account: 'exhausted' } }, always).deciding).toBe('complete-labels');
  });
});
