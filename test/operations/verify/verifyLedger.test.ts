import { describe, expect, test } from 'vitest';
import { decide } from '../../../gate/decide.ts';
import { primaryResult } from '../../../gate/primaryResult.ts';
import type { ErrorCharge } from '../../../ledger/errorCharges.ts';
import type { StoredFollowUp } from '../../../ledger/followUps.ts';
import type { StoredJudgement, StoredPromotion } from '../../../ledger/storedJudgements.ts';
import type { VerifiedFinding } from '../../../operations/verify/finding.ts';
import {
  verifyCharge,
  verifyCycleRow,
  verifyFollowUp,
  verifyPromotion,
  verifyVerdict,
} from '../../../operations/verify/verifyLedger.ts';
import type { Verdict } from '../../../schemas/verdict.ts';
import { cycle } from '../../cli/render/cycles.ts';
import { evidence, policy } from '../../gate/evidence.ts';

const shown = evidence();
const by = policy();

function judgement(changes: Partial<StoredJudgement> = {}): StoredJudgement {
  return {
    number: 1,
    attempt: 1,
    epoch: 1,
    challenger: 2,
    challengerId: 'two',
    champion: 1,
    championId: 'one',
    evidence: 'c'.repeat(64),
    policy: by,
    verdict: decide(shown, by),
    primary: primaryResult(shown),
    ...changes,
  };
}

const places = (findings: readonly VerifiedFinding[]) =>
  findings.flatMap(({ part, outcome, differences }) =>
    outcome === 'identical' ? [] : [[part, outcome, ...differences.map(({ path }) => path)]],
  );

describe('the verdict', () => {
  test('comes out again', () => {
    expect(places(verifyVerdict(judgement(), shown))).toEqual([]);
  });

  test('one that was edited, or a policy that was, does not', () => {
    const verdict: Verdict = { ...decide(shown, by), kind: 'keep' };
    expect(places(verifyVerdict(judgement({ verdict }), shown))).toEqual([['verdict', 'differs', 'verdict.kind']]);
    const stricter = judgement({ policy: policy({ minimumGain: 0.5 }) });
    expect(places(verifyVerdict(stricter, shown))[0]).toEqual(
      expect.arrayContaining(['verdict', 'differs', 'verdict.kind']),
    );
  });

  test('a policy that is none', () => {
    const broken = judgement({ policy: { ...by, gate: { ...by.gate, minimumGain: -1 } } });
    const [finding] = verifyVerdict(broken, shown);
    expect(finding).toMatchObject({ part: 'policy', outcome: 'differs' });
    expect(finding?.said).toContain('policy.gate.minimumGain');
  });

  test('the numbers in brief are those of the evidence', () => {
    const primary = primaryResult(shown);
    const better = judgement({ primary: primary && { ...primary, challenger: 0.9 } });
    expect(places(verifyVerdict(better, shown))).toEqual([['primary', 'differs', 'primary.challenger']]);
  });
});

describe('the charge', () => {
  const charge: ErrorCharge = {
    asOf: shown.asOf,
    account: 'cycle',
    alpha: 0.025,
    cycle: 'model.live.20010219T000000Z.v1',
    number: 1,
    trigger: 'schedule',
    definitionVersion: 1,
    challenger: 2,
    champion: 1,
    challengerId: 'two',
    championId: 'one',
    holdout: shown.challenger.holdoutSnapshot,
    chargedAt: '2026-11-23T10:00:00.000Z',
  };
  test.each([
    ['the one that was made', [charge], []],
    ['of another level', [{ ...charge, alpha: 0.05 }], [['charge', 'differs', 'charge.alpha']]],
    ['from another account', [{ ...charge, account: 'reserve' as const }], [['charge', 'differs', 'charge.account']]],
    ['for another version', [{ ...charge, challenger: 3, challengerId: 'three' }], [['charge', 'differs']]],
    ['none', [], [['charge', 'differs']]],
  ])('%s', (_name, charges, found) => {
    expect(places([verifyCharge(judgement(), shown, charges)])).toEqual(found);
  });
});

describe('the promotion', () => {
  const promotion: StoredPromotion = {
    epoch: 2,
    version: 2,
    versionId: 'two',
    judgementNumber: 1,
    promotedBy: 'gate',
    decision: null,
  };
  test.each([
    ['follows from its judgement', 'promoted', promotion, []],
    ['is of another version', 'promoted', { ...promotion, version: 3 }, ['promotion.version']],
    [
      'is of a version under the number of another',
      'promoted',
      { ...promotion, versionId: 'one' },
      ['promotion.versionId'],
    ],
    ['is of a later epoch', 'promoted', { ...promotion, epoch: 3 }, ['promotion.epoch']],
    ["is said to be a person's", 'promoted', { ...promotion, promotedBy: 'alice' }, ['promotion.promotedBy']],
    ['of a cycle that kept', 'kept', promotion, ['promotion.status']],
  ] as const)('%s', (_name, status, stored, paths) => {
    const won = judgement({ verdict: { ...decide(shown, by), kind: 'promote' } });
    const found = verifyPromotion({ status }, [won], stored);
    expect(found.flatMap(({ differences }) => differences.map(({ path }) => path))).toEqual(paths);
  });

  const approval = { kind: 'approve', epoch: 1, evidence: 'c'.repeat(64), decidedBy: 'alice' } as const;
  const signed: StoredPromotion = { ...promotion, promotedBy: 'alice', decision: approval };
  test.each([
    ['a person approved', 'review', signed, []],
    ['a person approved that always asks', 'promote', signed, []],
    ['names another person than the decision', 'review', { ...signed, promotedBy: 'bob' }, ['promotion.promotedBy']],
    [
      'was approved on other evidence',
      'review',
      { ...signed, decision: { ...approval, evidence: 'd'.repeat(64) } },
      ['promotion.decision.evidence'],
    ],
    [
      'was approved when another champion reigned',
      'review',
      { ...signed, decision: { ...approval, epoch: 0 } },
      ['promotion.decision.epoch'],
    ],
    ['was rejected', 'review', { ...signed, decision: { ...approval, kind: 'reject' } }, ['promotion.decision.kind']],
    ['nobody approved', 'review', promotion, ['promotion.verdict']],
    ['was approved against its verdict', 'keep', signed, ['promotion.verdict']],
    ['was approved although its comparison is broken', 'invalid', signed, ['promotion.verdict']],
  ] as const)('%s', (_name, kind, stored, paths) => {
    const judged = judgement({ verdict: { ...decide(shown, by), kind } });
    const found = verifyPromotion({ status: 'promoted' }, [judged], stored);
    expect(found.flatMap(({ differences }) => differences.map(({ path }) => path))).toEqual(paths);
  });

  test('of a judgement that said keep, of none, or missing', () => {
    const kept = judgement({ verdict: { ...decide(shown, by), kind: 'keep' } });
    expect(places(verifyPromotion({ status: 'promoted' }, [kept], promotion))).toEqual([
      ['promotion', 'differs', 'promotion.verdict'],
    ]);
    expect(places(verifyPromotion({ status: 'promoted' }, [], promotion))).toEqual([['promotion', 'differs']]);
    expect(places(verifyPromotion({ status: 'promoted' }, [kept], undefined))).toEqual([['promotion', 'differs']]);
    expect(verifyPromotion({ status: 'kept' }, [kept], undefined)).toEqual([]);
  });
});

test("the cycle's own row says what its last judgement says", () => {
  const last = judgement();
  const row = cycle({
    status: 'kept',
    verdict: last.verdict.kind,
    summary: last.verdict.summary,
    evidence: last.evidence,
    challenger: 2,
    champion: 1,
    primary: last.primary,
  });
  expect(places(verifyCycleRow(row, [last]))).toEqual([]);
  expect(places(verifyCycleRow({ ...row, champion: 7 }, [last]))).toEqual([['cycle', 'differs', 'cycle.champion']]);
  expect(places(verifyCycleRow({ ...row, summary: 'All is well.' }, [last]))).toEqual([
    ['cycle', 'differs', 'cycle.summary'],
  ]);
  const rejected = { ...row, summary: 'Rejected by ada: too dear' };
  expect(places(verifyCycleRow(rejected, [last], 'Rejected by ada: too dear'))).toEqual([]);
  expect(places(verifyCycleRow(rejected, [last], 'Rejected by ben: too dear'))).toEqual([
    ['cycle', 'differs', 'cycle.summary'],
  ]);
  expect(places(verifyCycleRow({ ...row, status: 'superseded', summary: 'Another one.' }, [last]))).toEqual([]);
  expect(places(verifyCycleRow(row, []))).toEqual([['cycle', 'differs']]);
  // What an attempt said that was given up does not count.
  expect(verifyCycleRow({ ...row, attempt: 2, champion: 7 }, [last])).toEqual([]);
});

describe('what became of the last promotion', () => {
  const bounded = { estimate: 0.02, low: 0.01, high: 0.03 };
  const window = { from: '2001-02-19T00:00:00Z', to: '2001-03-05T00:00:00Z' };
  const told = { epoch: 1, window, rows: 900, complete: true, promised: bounded, found: null };
  const followed = evidence({ followUp: { ...told, cycle: 'one', unmeasured: 'no rows' } });
  const stored: StoredFollowUp = {
    ...told,
    unmeasured: 'no rows',
    foundBy: 'two',
    attempt: 1,
    at: '2001-03-05T00:00:00Z',
    ...{ look: null, verdict: null },
  };

  test('is what the evidence says', () => {
    expect(places(verifyFollowUp(judgement(), followed, [stored]))).toEqual([]);
    expect(verifyFollowUp(judgement(), shown, [])).toEqual([]);
    const byAnEarlierAttempt = [{ ...stored, rows: 800 }];
    expect(verifyFollowUp(judgement({ attempt: 2 }), followed, byAnEarlierAttempt)).toEqual([]);
  });

  test('and a look of a probation showed what its interval says', () => {
    const found = {
      ...bounded,
      estimate: -0.02,
      decidingLow: -0.03,
      decidingHigh: -0.01,
      alpha: 0.00625,
      acceptedLoss: 0,
    };
    const measured = {
      ...{ ...found, standardError: 0.004, level: 0.95, detectable: 0.01, degreesOfFreedom: 13, clusters: 14 },
      method: 'influence' as const,
    };
    const look = { number: 2, of: 8, alpha: 0.00625, acceptedLoss: 0 };
    const looked = evidence({ followUp: { ...told, cycle: 'one', found: measured, unmeasured: null, look } });
    const worse: StoredFollowUp = {
      ...stored,
      ...{ found: measured, unmeasured: null, look: { number: 2, of: 8 }, verdict: 'worse' },
    };
    expect(places(verifyFollowUp(judgement(), looked, [worse]))).toEqual([]);
    expect(places(verifyFollowUp(judgement(), looked, [{ ...worse, verdict: 'holds' }]))).toEqual([
      ['followUp', 'differs', 'followUp.verdict'],
    ]);
    expect(places(verifyFollowUp(judgement(), looked, [{ ...worse, look: { number: 1, of: 8 } }]))).toEqual([
      ['followUp', 'differs', 'followUp.look.number'],
    ]);
    // Another cycle made the same look before.
    expect(places(verifyFollowUp(judgement(), looked, [{ ...worse, look: null, verdict: null }]))).toEqual([]);
  });

  test('or is not, or is lost', () => {
    const nicer = { ...stored, promised: { ...bounded, estimate: 0.01 } };
    expect(places(verifyFollowUp(judgement(), followed, [nicer]))).toEqual([
      ['followUp', 'differs', 'followUp.promised.estimate'],
    ]);
    expect(places(verifyFollowUp(judgement(), followed, []))).toEqual([['followUp', 'differs']]);
  });
});
