import { expect, test } from 'vitest';
import { renderHistory } from '../../../cli/render/history.ts';
import type { Reign } from '../../../ledger/history.ts';
import { historyReport } from '../../../report/history.ts';
import { evidence, measured } from './cycles.ts';

const difference = evidence.metrics.roc_auc?.difference ?? null;
const reign = (changes: Partial<Reign>): Reign => ({
  epoch: 1,
  version: 1,
  kind: 'promotion',
  cycle: 'flight-delay.live.20010219T000000Z.v1',
  asOf: '2001-02-19T00:00:00Z',
  from: '2026-11-23T10:00:00.000Z',
  to: null,
  beat: 1,
  reason: 'It wins.',
  by: 'gate',
  restoresEpoch: null,
  overrode: null,
  primary: { ...measured, challenger: 0.7, champion: 0.68, difference: 0.02, low: 0.01, high: 0.03 },
  followUp: null,
  probation: null,
  ...changes,
});
const promised = { estimate: 0.02, low: 0.01, high: 0.03 };
const found = difference && { ...difference, estimate: 0.004 };

const shown = (reigns: readonly Reign[]) => renderHistory({ reigns: [...reigns], report: historyReport(reigns) });

test('what a promotion was worth afterwards stands beside what it was promoted at', () => {
  expect(
    shown([
      reign({ beat: null }),
      reign({ epoch: 2, version: 2, followUp: { promised, found, complete: true } }),
      reign({ epoch: 3, version: 3, beat: 2, followUp: { promised, found, complete: false } }),
      reign({ epoch: 4, version: 4, beat: 3, followUp: { promised, found: null, complete: true } }),
    ]),
  ).toMatchInlineSnapshot(`
    "champion  asOf        from                     to   beat       difference [95 %]                   since then                                       decided by  why
    v1        2001-02-19  2026-11-23 10:00:00 UTC  now  the first  ROC AUC +0.0200 [+0.0100, +0.0300]                                                   gate        It wins.
    v2        2001-02-19  2026-11-23 10:00:00 UTC  now  v1         ROC AUC +0.0200 [+0.0100, +0.0300]  promoted at +0.0200, next period +0.0040         gate        It wins.
    v3        2001-02-19  2026-11-23 10:00:00 UTC  now  v2         ROC AUC +0.0200 [+0.0100, +0.0300]  promoted at +0.0200, next period +0.0040 so far  gate        It wins.
    v4        2001-02-19  2026-11-23 10:00:00 UTC  now  v3         ROC AUC +0.0200 [+0.0100, +0.0300]  promoted at +0.0200, next period not measured    gate        It wins."
  `);
});

test('how often a person changed the champion is said below, and how', () => {
  const overrode = { cycle: 'c', verdict: 'keep' as const, evidence: 'e'.repeat(64) };
  const told = shown([
    reign({ beat: null, primary: null }),
    reign({ epoch: 2, version: 2, kind: 'override', overrode, by: 'ada', reason: 'the law', primary: null }),
    reign({ epoch: 3, kind: 'rollback', restoresEpoch: 1, by: 'bob', reason: 'complaints', primary: null }),
    reign({ epoch: 4, version: 2, kind: 'rollback', restoresEpoch: 2, by: 'ada', primary: null }),
  ]);
  expect(told).toMatch(/v2 .* override of keep .*ada +the law\n/);
  expect(told).toMatch(/v1 .* rollback .*bob +complaints\n/);
  expect(told).toMatch(/\n\n2 rollbacks, 1 override\.$/);
});

test('a reign says how far its probation is, and whether it was shown to be worse', () => {
  const look = { number: 1, foundBy: 'x', verdict: 'holds' as const, found, unmeasured: null };
  const followUp = { promised, found, complete: true };
  const probation = {
    state: 'watched' as const,
    of: 8,
    looks: [look, { ...look, number: 2, verdict: 'worse' as const }],
  };
  const text = shown([
    reign({ followUp, probation: { ...probation, looks: [look] } }),
    reign({ epoch: 2, version: 2, followUp, probation }),
  ]);
  expect(text).toMatch(/next period \+0\.0040; probation look 1 of 8 \+0\.0040 \[.*\] /);
  expect(text).toMatch(/; probation look 2 of 8 .*, worse/);
});
