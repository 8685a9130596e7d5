import { beforeAll, expect, test } from 'vitest';
import { decide } from '../../gate/decide.ts';
import { cycleReport } from '../../report/cycle.ts';
import { CycleReport } from '../../schemas/report.ts';
import { type ReleasedCycle, releasedCycles } from './released.ts';

let released: ReleasedCycle[];
beforeAll(async () => {
  released = await releasedCycles();
});

const reported = ({ cycle, evidence, policy }: ReleasedCycle) => {
  const verdict = decide(evidence, policy);
  const judgement = {
    cycle: cycle.id,
    number: 1,
    epoch: 0,
    challenger: cycle.challenger ?? 0,
    champion: cycle.champion,
    evidence: cycle.evidence ?? '',
    verdict,
    judgedAt: cycle.startedAt,
  };
  return cycleReport({ cycle, judgements: [judgement], evidence, policy });
};

test("of the first release's cycles every sentence is there as a message that says the same", () => {
  expect(released.length).toBeGreaterThan(10);
  for (const each of released) {
    const { judgement } = reported(each);
    expect(judgement.verdict?.summary, each.cycle.id).toBe(each.cycle.summary);
    expect(judgement.verdict?.said?.text, each.cycle.id).toBe(each.cycle.summary);
    for (const check of judgement.verdict?.checks ?? []) {
      expect(check.said?.measured.text, `${each.cycle.id} ${check.name}`).toBe(check.measured);
      expect(check.said?.required.text).toBe(check.required);
    }
  }
});

test('a report is what its schema says, also after it went through JSON', () => {
  for (const each of released) {
    const report = reported(each);
    expect(CycleReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  }
});

test('a check carries what was measured, what was required and their unit', () => {
  const [first] = released.filter(({ cycle }) => cycle.verdict === 'promote');
  const checks = reported(first ?? expect.unreachable()).judgement.verdict?.checks ?? [];
  const primary = checks.find(({ name }) => name === 'primary');
  expect(primary).toMatchObject({ decided: true, status: 'passed' });
  expect(primary?.compared).toEqual([
    {
      what: 'decidingLower',
      measured: { value: expect.any(Number), unit: 'difference' },
      relation: 'above',
      required: { value: 0, unit: 'difference' },
    },
  ]);
  expect(checks.find(({ name }) => name === 'enough-clusters')?.compared).toMatchObject([
    { what: 'clusters', measured: { unit: 'cluster' }, relation: 'atLeast', required: { value: 7, unit: 'cluster' } },
    { what: 'effectiveClusters', required: { value: 4 } },
  ]);
});

test('a stored sentence that this release would say otherwise stands alone', () => {
  const [first = expect.unreachable()] = released;
  const verdict = decide(first.evidence, first.policy);
  const older = {
    ...verdict,
    summary: 'Said in older words.',
    checks: verdict.checks.map((check) => (check.name === 'age' ? { ...check, measured: 'in older words' } : check)),
  };
  const judgement = { ...reported(first).judgements[0], verdict: older } as CycleReport['judgements'][number];
  const { judgement: report } = cycleReport({ ...first, judgements: [judgement] });
  expect(report.verdict).toMatchObject({ summary: 'Said in older words.', said: null });
  expect(report.verdict?.checks.find(({ name }) => name === 'age')).toMatchObject({
    measured: 'in older words',
    said: null,
  });
});

test.each([
  ['review', 'The gate left it to a person'],
  ['invalid', 'this comparison says nothing about the challenger'],
  ['insufficient', 'Retrain for a later asOf, or choose a longer holdout'],
] as const)('what to do after %s', (kind, said) => {
  const [first = expect.unreachable()] = released;
  const verdict = { ...decide(first.evidence, first.policy), kind, deciding: 'primary' };
  const judgement = { ...reported(first).judgements[0], verdict } as CycleReport['judgements'][number];
  const cycle = { ...first.cycle, status: 'kept' as const };
  const next = cycleReport({ cycle, judgements: [judgement], evidence: null }).next;
  expect(next.map(({ text }) => text).join(' ')).toContain(said);
});

test('a cycle that was promoted needs nothing', () => {
  const promoted = released.filter(({ cycle }) => cycle.status === 'promoted');
  expect(promoted.length).toBeGreaterThan(0);
  for (const each of promoted) expect(reported(each).next).toEqual([]);
});
