import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../gate/decide.ts';
import { Gate } from '../../schemas/definition.ts';
import { Evidence, type Selection } from '../../schemas/evidence.ts';
import { metricNames } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import { checkStatuses, Verdict } from '../../schemas/verdict.ts';
import { arbitraryOf } from './arbitraryOf.ts';
import { contender, controlledBy, controls, evidence, interval, metric, policy, selection, slice } from './evidence.ts';

const any = arbitraryOf(Evidence, metricNames).map((found) => Evidence.parse(found));
const small = fc.double({ min: -0.1, max: 0.1, noNaN: true });
const margin = fc.double({ min: 0, max: 0.05, noNaN: true });
const name = fc.constantFrom(...metricNames);

const gates = fc
  .record({
    win: fc.constantFrom('superior' as const, 'nonInferior' as const),
    minimumGain: fc.oneof(fc.constant(0), margin),
    margin: fc.option(margin, { nil: undefined }),
    guardrails: fc.array(fc.record({ metric: name, margin }), { maxLength: 2 }),
    floors: fc.array(fc.record({ metric: name, limit: small }), { maxLength: 2 }),
    slices: fc.array(fc.record({ column: fc.constantFrom('origin', 'age'), margin, protected: fc.boolean() }), {
      maxLength: 2,
    }),
    undecidedSlices: fc.constantFrom('blockProtected' as const, 'blockAll' as const, 'pass' as const),
    search: fc.option(fc.record({ columns: fc.constant(['origin']), margin }), { nil: undefined }),
    detect: fc.option(fc.double({ min: 0.0001, max: 0.1, noNaN: true }), { nil: undefined }),
    onLoss: fc.constantFrom('keep' as const, 'review' as const),
    approval: fc.record({ when: fc.constantFrom('review' as const, 'always' as const), deadline: fc.constant('P7D') }),
  })
  .map((gate) => Gate.parse(gate));
const policies: fc.Arbitrary<Policy> = fc.record({
  gate: gates,
  labels: fc.constantFrom('complete' as const, 'selected' as const),
});

const bounds = fc.tuple(small, small, small).map((three) => three.sort((a, b) => a - b));
const differences = bounds.map(([low = 0, estimate = 0, high = 0]) => interval(estimate, low, high));

/** Evidence of a comparison that holds, with any outcome. */
const sound = fc
  .record({
    primary: differences,
    rail: differences,
    part: differences,
    holmHigh: fc.option(small),
    alone: differences,
    anchor: fc.option(differences),
    lead: differences,
    found: differences,
    unlabelledShare: fc.constantFrom(0, 0.005, 0.02),
    trending: fc.boolean(),
    account: fc.constantFrom('cycle' as const, 'schedule' as const, 'exhausted' as const),
    champion: fc.boolean(),
    selection: fc.option(
      fc.record({
        randomised: fc.constantFrom(0, 0.3),
        overlap: fc.constantFrom(0.9, 1),
        weighted: fc.boolean(),
      }),
    ),
  })
  .map((found) => {
    const alone = { alone: found.alone, lead: found.lead, championLead: found.lead };
    return evidence({
      metrics: Object.fromEntries(
        metricNames.map((each) => [
          each,
          metric({
            difference: each === 'roc_auc' ? found.primary : found.rail,
            anchorDifference: found.anchor,
            ...alone,
          }),
        ]),
      ),
      slices: ['origin', 'age'].map((column) =>
        slice(column, 'x', { difference: found.part, holmHigh: found.holmHigh }),
      ),
      foundSlices: [slice('origin', 'y', { difference: found.found, holmHigh: found.found?.decidingHigh ?? null })],
      anchor: found.anchor === null ? null : contender({ cycle: 'anchor' }),
      labels: { ...evidence().labels, unlabelledShare: found.unlabelledShare, trending: found.trending },
      charge: { alpha: 0.025, account: found.account },
      champion: found.champion ? contender() : null,
      selection: found.selection === null ? null : selection(found.selection),
    });
  });

/** The verdict on evidence whose controls are answered rightly. */
const judge = (found: Evidence, by: Policy): Verdict => decide(controlledBy(by, found), by);

const runs = { numRuns: 500 };

describe('whatever the evidence', () => {
  it('there is a verdict that says why', () => {
    fc.assert(
      fc.property(any, policies, (found, by) => {
        const verdict = Verdict.parse(decide(found, by));
        const deciding = verdict.checks.filter((check) => check.name === verdict.deciding);
        expect(deciding.length).toBeGreaterThan(0);
        expect(deciding.some(({ status }) => checkStatuses.indexOf(status) < 3)).toBe(true);
        for (const { measured, required } of verdict.checks)
          expect(`${measured} (${required})`).not.toMatch(/\bNaN\b|\bundefined\b|\bInfinity\b|\[object/);
        expect(verdict.summary.length).toBeGreaterThan(20);
      }),
      { numRuns: 500 },
    );
  });

  it('there is one that means something: every verdict occurs', () => {
    const kinds = new Set(
      fc.sample(fc.tuple(sound, policies), { numRuns: 1000, seed: 7 }).map(([found, by]) => judge(found, by).kind),
    );
    expect(kinds).toEqual(new Set(['promote', 'keep', 'review', 'insufficient']));
  });

  it('it is the same the second time', () => {
    fc.assert(
      fc.property(any, policies, (found, by) => {
        expect(decide(structuredClone(found), structuredClone(by))).toEqual(decide(found, by));
      }),
    );
  });
});

describe('never promoted', () => {
  const faults: fc.Arbitrary<Partial<Evidence>> = fc.constantFrom<Partial<Evidence>>(
    { challenger: contender({ cycle: contender().cycle }), champion: contender() },
    { challenger: contender({ cycle: 'other', fittedOnJudgedRows: 1 }) },
    { champion: contender({ fittedOnJudgedRows: 1 }) },
    { rehearsal: { rows: 10, mismatches: 1, largestDifference: 1 } },
    { rehearsal: { rows: 0, mismatches: 0, largestDifference: null } },
    { charge: { alpha: 0.7, account: 'cycle' } },
    { choseChampion: ['a'.repeat(64)] },
    { asOf: '2001-02-18T00:00:00Z' },
    {
      observations: {
        document: 'a'.repeat(64),
        leaks: [{ column: 'late', kind: 'equals-label', strength: 1 }],
        shifted: [],
        flippedLabels: 0,
      },
    },
    { controls: controls({ planted: { gain: 1, difference: interval(0, -1, 1), notRun: null } }) },
  );

  it('what does not hold: it is invalid, whatever else was found', () => {
    fc.assert(
      fc.property(sound, faults, policies, (found, fault, by) => {
        expect(decide({ ...controlledBy(by, found), ...fault }, by).kind).toBe('invalid');
      }),
      runs,
    );
  });

  it('a challenger judged on selected labels, unless approvals were random', () => {
    const unmended = fc.constantFrom<Selection | null>(
      null,
      selection({ randomised: 0 }),
      selection({ randomised: null }),
      selection({ weighted: false }),
    );
    fc.assert(
      fc.property(sound, unmended, gates, (found, one, gate) => {
        expect(judge({ ...found, selection: one }, { gate, labels: 'selected' }).kind).not.toBe('promote');
      }),
      runs,
    );
  });

  it('a challenger whose deciding lower bound does not beat what the policy asks', () => {
    fc.assert(
      fc.property(sound, policies, (found, by) => {
        const verdict = judge(found, by);
        if (verdict.kind !== 'promote') return;
        const { difference, lead } = found.metrics.roc_auc ?? metric();
        const low = (found.champion === null ? lead : difference)?.decidingLow ?? Number.NaN;
        if (by.gate.win === 'superior') expect(low).toBeGreaterThan(by.gate.minimumGain);
        else if (found.champion === null) expect(low).toBeGreaterThan(0);
        else expect(low).toBeGreaterThan(-(by.gate.margin ?? 0));
      }),
      runs,
    );
  });

  it('equal models, whatever the spread', () => {
    fc.assert(
      fc.property(margin, policies, (spread, by) => {
        const same = metric({ difference: interval(0, -spread, spread) });
        const superior = { ...by, gate: { ...by.gate, win: 'superior' as const } };
        expect(judge(evidence({ metrics: { roc_auc: same } }), superior).kind).not.toBe('promote');
      }),
    );
  });
});

describe('a better challenger never fares worse', () => {
  /** From bad to good. */
  const rank = { invalid: 0, keep: 1, insufficient: 2, review: 3, promote: 4 };

  it('a higher lower bound never turns a win into less', () => {
    fc.assert(
      fc.property(sound, policies, fc.double({ min: 0, max: 0.1, noNaN: true }), (found, by, more) => {
        const raised = structuredClone(found);
        for (const each of Object.values(raised.metrics))
          for (const one of [each.difference, each.lead, each.anchorDifference]) {
            if (one?.decidingLow == null || one.decidingHigh === null) continue;
            one.decidingLow = Math.min(one.decidingHigh, one.decidingLow + more);
          }
        const [before, after] = [judge(found, by), judge(raised, by)];
        expect(rank[after.kind]).toBeGreaterThanOrEqual(rank[before.kind]);
        if (before.kind === 'promote') expect(after.kind).toBe('promote');
      }),
      runs,
    );
  });

  it('neither does moving the whole interval up', () => {
    fc.assert(
      fc.property(sound, gates, fc.double({ min: 0, max: 0.1, noNaN: true }), (found, gate, more) => {
        const raised = structuredClone(found);
        for (const each of Object.values(raised.metrics))
          for (const one of [each.difference, each.lead, each.anchorDifference]) {
            if (one?.decidingLow == null || one.decidingHigh === null) continue;
            one.decidingLow += more;
            one.decidingHigh += more;
          }
        const by: Policy = { gate: { ...gate, onLoss: 'keep' }, labels: 'complete' };
        const [before, after] = [judge(found, by).kind, judge(raised, by).kind];
        // Missing labels ask a person whatever the win, unless a loss is shown: that comes before.
        if (after !== 'review') expect(rank[after]).toBeGreaterThanOrEqual(rank[before]);
        if (before === 'promote') expect(after).toBe('promote');
      }),
      runs,
    );
  });
});

it('asks the charged alpha of every control, not the default', () => {
  const lows = Array.from({ length: 1000 }, (_, at) => (at < 30 ? 0.01 : -0.01));
  const charged = (alpha: number) =>
    decide(
      evidence({
        charge: { alpha, account: 'cycle' },
        metrics: { roc_auc: metric({ difference: interval(0.02, 0.01, 0.03, { alpha }) }) },
        controls: controls({ flips: { count: 1000, exhaustive: false, lows, skewness: 0 } }),
      }),
      policy(),
    ).kind;
  expect(charged(0.025)).toBe('promote');
  expect(charged(0.001)).toBe('invalid');
});
