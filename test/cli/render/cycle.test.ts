import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderCycle as layOut } from '../../../cli/render/cycle.ts';
import { colored } from '../../../cli/render/style.ts';
import { cycleReport, type KnownCycle } from '../../../report/cycle.ts';
import { cycle, evidence, judgement } from './cycles.ts';

const renderCycle = (
  known: KnownCycle,
  ...look: Parameters<typeof layOut> extends [unknown, ...infer Rest] ? Rest : never
) => layOut(cycleReport(known), ...look);

test('a promoted cycle in full', () => {
  expect(renderCycle({ cycle: cycle(), judgements: [judgement], evidence })).toMatchInlineSnapshot(`
    "flight-delay  asOf 2001-02-19  promoted

    Promote: ROC AUC is higher by 0.0061 (95 % between 0.0040 and 0.0083).

    verdict  promote
    ✓ same-rows: 190,000 rows
        required: the same
    ✓ primary-difference (decided): +0.0040
        required: > 0
        the lower bound decides

    ROC AUC against the champion: better is to the right
    decides  ┊───────────────────├━━━━━━━━━●━━━━━━━━━━┤────────  +0.0061 [+0.0040, +0.0083]  alpha 0.025
    95 %     ┊───────────────────├━━━━━━━━━●━━━━━━━━━━┤────────  +0.0061 [+0.0040, +0.0083]
             0              D                                 W
    0 no difference   D +0.0030 detectable on these rows   W +0.0100 worth having

    metric    challenger  champion  trivial  difference [95 %]                    worse ┊ better
    ROC AUC       0.7012    0.6951   0.5000  +0.0061 [+0.0040, +0.0083]  ───────────────┊──────├━━━●━━━┤
    log loss      0.4512    0.4510   0.5012  -0.0002 [-0.0011, +0.0007]  ├━━━━━━━━━━━●━━┊━━━━━━━━━┤─────

    rows         190,000 rows judged, in 14 clusters by day, the largest with 8 % of them, from
                 2001-02-04 to 2001-02-18; by class 150,000, 40,000; 10,456 left out because they chose
                 the champion
    error level  one-sided alpha 0.025, for this cycle
    labels       every one of 200,456 mature rows has one
    age          judged on rows 1 to 15 days after its training, serves from day 16 on; the champion's
                 training ended 16 days before
    rehearsal    1,000 rows as JSON, all with the same answer

    challenger  version 2
    champion    version 1
    train       400,123 rows (2001-01-06 to 2001-02-03)
    holdout     200,456 rows (2001-02-04 to 2001-02-18)
    snapshots   train   aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
                holdout bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
    evidence    cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc
    definition  version 1
    trigger     manual
    started     2026-11-23 10:00:00 UTC, took 1 min 5 s
    cycle       flight-delay.live.20010219T000000Z.v1"
  `);
});

test('a failed cycle says code, message and what to do', () => {
  const failure = {
    code: 'WindowEmpty',
    message: 'the holdout window has no rows',
    advice: 'Choose another asOf.',
    step: 'inspect',
    traceback: null,
  };
  const failed = cycle({
    status: 'failed',
    verdict: null,
    challenger: null,
    champion: null,
    primary: null,
    evidence: null,
    rows: { train: null, holdout: null, judged: null },
    snapshots: { train: null, holdout: null },
    failure,
    attempt: 2,
  });
  expect(renderCycle({ cycle: failed, judgements: [], evidence: null })).toMatchInlineSnapshot(`
    "flight-delay  asOf 2001-02-19  failed

    failed at inspect: WindowEmpty
    the holdout window has no rows
    Choose another asOf.

    definition  version 1
    trigger     manual
    started     2026-11-23 10:00:00 UTC, took 1 min 5 s, attempt 2
    cycle       flight-delay.live.20010219T000000Z.v1"
  `);
});

test('without the store the primary metric is still told', () => {
  const text = renderCycle({ cycle: cycle(), judgements: [judgement], evidence: null });
  expect(text).toContain('ROC AUC  challenger 0.7012, champion 0.6951  difference +0.0061 [+0.0040, +0.0083]');
});

test('several judgements are listed', () => {
  const second = {
    ...judgement,
    number: 2,
    champion: 3,
    verdict: { ...judgement.verdict, kind: 'keep' as const, summary: 'Keep.' },
  };
  const text = renderCycle({ cycle: cycle(), judgements: [judgement, second], evidence });
  expect(text).toContain('2          v3       keep     Keep.');
});

test('colours change nothing but the colours', () => {
  const shown = { cycle: cycle(), judgements: [judgement], evidence };
  const painted = renderCycle(shown, colored);
  expect(painted).not.toBe(renderCycle(shown));
  expect(stripVTControlCharacters(painted)).toBe(renderCycle(shown));
});

test('the dates of both windows, and a training window that begins before any data', () => {
  const day = (date: string) => `${date}T00:00:00Z`;
  const windows = {
    train: { from: day('2000-01-01'), to: day('2001-01-01') },
    holdout: { from: day('2001-01-01'), to: day('2001-03-01') },
  };
  const shown = (firstEvent: string) =>
    renderCycle({ cycle: cycle(), judgements: [], evidence: null, windows, firstEvent: day(firstEvent) });
  expect(shown('2000-06-03')).toContain(
    '400,123 rows (2000-01-01 to 2001-01-01); the window begins before any data, the first row is of 2000-06-03',
  );
  expect(shown('2000-01-02')).not.toContain('before any data');
  expect(shown('2000-01-02')).toContain('200,456 rows (2001-01-01 to 2001-03-01)');
});

test.each([
  ['turn', 'waiting for its turn'],
  ['person', 'waiting for a person'],
  ['data', 'waiting for data'],
  ['fault', 'waiting for a fault'],
] as const)('a cycle that waits for %s says so', (waitsFor, said) => {
  const waiting = cycle({ status: 'waiting', waitsFor, verdict: null, evidence: null, endedAt: null });
  expect(renderCycle({ cycle: waiting, judgements: [], evidence: null })).toContain(said);
});
