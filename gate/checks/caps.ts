import type { Evidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { amount, count, counted, percent, signed } from '../numbers.ts';
import { judgeable } from './primary.ts';
import { selectedLabels } from './selectedLabels.ts';

/** Share of the rows of the champion's query that the challenger's has to give too. */
const leastShared = 0.99;

/** What leaves a win to a person. The first that fails turns `promote` into `review`; nothing else is changed by them. */
export function* caps(evidence: Evidence, policy: Policy): Generator<Check> {
  yield* selfTests(evidence);
  yield* selectedLabels(evidence, policy);
  yield* knownRows(evidence);
  yield* sharedRows(evidence);
  yield* anchorScored(evidence, policy);
  yield* marginFits(evidence, policy);
  yield* sliceSearch(evidence, policy);
  yield* errorBudget(evidence);
  yield* approval(policy);
}

/** A comparison that could not be checked may be right: a person has to say so. Nothing is promoted by a try. */
function* selfTests({ controls, observations, charge }: Evidence): Generator<Check> {
  if (charge.account === 'none') return;
  const missing = [controls === null && "the gate's controls", observations === null && 'the search for leaks'].filter(
    (each) => each !== false,
  );
  yield {
    name: 'self-tests',
    status: missing.length === 0 ? 'passed' : 'failed',
    measured: missing.length === 0 ? 'controls and the search for leaks were run' : `not run: ${missing.join(', ')}`,
    required: 'a gate that was tested on this very cycle',
    why: 'What nobody checked is not known to hold.',
  };
}

/** Yields nothing where every row could be checked, as in all evidence of earlier releases. */
function* knownRows({ rowIdsGone = [] }: Evidence): Generator<Check> {
  if (rowIdsGone.length === 0) return;
  const gone = rowIdsGone.map((hash) => `snapshots/${hash.slice(0, 12)}`).join(', ');
  yield {
    name: 'known-rows',
    status: 'failed',
    measured: `the store has neither the rows nor the row ids of ${gone}: whether judged rows are among them could not be checked`,
    required: 'the row ids of everything that a version was fitted or chosen on',
    why: 'A model looks better than it is on rows that it was fitted or chosen on.',
  };
}

/** A query that leaves rows out chooses on what its model is judged. */
function* sharedRows({ champion, rows }: Evidence): Generator<Check> {
  if (champion === null || rows.holdoutOfChampion === null) return;
  const theirs = rows.holdoutOfChampion;
  yield {
    name: 'shared-rows',
    status: rows.inBoth >= leastShared * theirs ? 'passed' : 'failed',
    measured: `${count(rows.inBoth)} of the ${counted(theirs, 'row')} of the champion's holdout are in the challenger's too`,
    required: `at least ${percent(leastShared)}`,
    why: 'Rows that the new query leaves out are not judged, and whoever wrote it may have kept the easy ones.',
  };
}

function* anchorScored({ anchor, champion, charge }: Evidence, { gate }: Policy): Generator<Check> {
  if (gate.win !== 'nonInferior' || champion === null) return;
  if (anchor === null) {
    if (charge.account !== 'none') return;
    yield {
      name: 'anchor-scored',
      status: 'notRun',
      measured: 'nobody knows here who last won by superiority',
      required: 'the margin kept against that one too',
      why: 'Without it nobody sees how much small accepted losses have added up to.',
    };
    return;
  }
  yield {
    name: 'anchor-scored',
    status: judgeable(anchor) ? 'passed' : 'failed',
    measured:
      anchor.unscorable ??
      (anchor.brokenScores > 0
        ? `the last champion that won by superiority has ${counted(anchor.brokenScores, 'broken score')}`
        : anchor.fittedOnJudgedRows === null
          ? 'nobody knows whether the last champion that won by superiority was fitted on judged rows'
          : anchor.fittedOnJudgedRows > 0
            ? `the last champion that won by superiority was fitted on ${counted(anchor.fittedOnJudgedRows, 'judged row')}`
            : 'scored on the judged rows'),
    required: 'the last champion that won by superiority can be judged',
    why: 'Without it nobody sees how much small accepted losses have added up to.',
  };
}

function* marginFits({ champion, metrics, primary }: Evidence, { gate }: Policy): Generator<Check> {
  if (gate.win !== 'nonInferior' || champion === null) return;
  const lead = metrics[primary]?.championLead?.low ?? null;
  const margin = gate.margin ?? 0;
  yield {
    name: 'margin',
    status: lead !== null && margin <= lead / 2 ? 'passed' : 'failed',
    measured:
      lead === null
        ? "the champion's lead over the trivial predictor is not known"
        : `a margin of ${amount(margin)}, and the champion leads the trivial predictor by at least ${signed(lead)}`,
    required: `a margin of at most half of that lead${lead === null ? '' : `, ${amount(lead / 2)}`}`,
    why: 'A margin as large as what the champion is worth would let anything in.',
  };
}

function* sliceSearch({ champion, foundSlices, primary }: Evidence, { gate }: Policy): Generator<Check> {
  if (gate.search === undefined || champion === null) return;
  const { margin } = gate.search;
  const losing = foundSlices.filter(({ holmHigh }) => (holmHigh ?? 0) < -margin);
  const columns = [...new Set(losing.map(({ where }) => where.map(({ column }) => column).join(' and ')))];
  yield {
    name: 'slice-search',
    status: losing.length === 0 ? 'passed' : 'failed',
    measured:
      losing.length === 0
        ? `${counted(foundSlices.length, 'part')} found, none that loses`
        : `the search found ${counted(losing.length, 'part')} by ${columns.join(', ')} in which ${metricEntry(primary).title} falls by more than ${amount(margin)}`,
    required: `no part with an upper bound below ${signed(-margin)}`,
    why: 'Found on one half of the clusters and measured on the other: worth a look, no proof by itself.',
  };
}

function* errorBudget({ charge }: Evidence): Generator<Check> {
  if (charge.account === 'cycle' || charge.account === 'none') return;
  const empty = charge.account === 'exhausted';
  yield {
    name: 'error-budget',
    status: empty ? 'failed' : 'passed',
    measured: empty
      ? "the year's budget for wrong promotions is spent"
      : `${percent(charge.alpha)} drawn from ${charge.account === 'schedule' ? "the schedule's share" : 'the reserve'}`,
    required: 'something left to draw from',
    why: 'Every test may err: so many of them a year are paid for, and no more.',
  };
}

function* approval({ gate }: Policy): Generator<Check> {
  if (gate.approval.when !== 'always') return;
  yield {
    name: 'approval',
    status: 'failed',
    measured: 'by policy a person confirms every promotion',
    required: "a person's approval",
    why: 'The gate may say that a challenger wins; here it may not say that it reigns.',
  };
}
