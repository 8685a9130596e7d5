import type { Evidence, Selection } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { amount, count, percent, several } from '../numbers.ts';

/** At least this share of all rows must have had a chance to show its label. */
const overlapNeeded = 0.99;
/** One row that stands in for more than this share of all weight decides by itself. */
const largestWeight = 0.05;
/** Probabilities that come true stay within this many standard errors, over some dozen parts of the rows. */
const largestDisagreement = 5;
/** Below so many rows of equal weight, weighted means are those of a few. */
const fewestEffectiveRows = 100;

/**
 * Whether labels that only selected rows show can speak for all rows. A champion that chose whose outcome is seen has cut
 * the range that it is judged on, and looks worse there than it is: equal challengers win most of the time. Rows that
 * were approved at random, weighted by the inverse of their chance, correct that (Horvitz and Thompson 1952), as long as
 * nearly every row had a chance and no row carries the rest.
 */
export function* selectedLabels({ selection }: Evidence, { labels }: Policy): Generator<Check> {
  if (labels === 'complete') return;
  const faults = selection === null ? ['no decision column was read'] : [...selectionFaults(selection)];
  const effective = selection?.effectiveRows ?? 0;
  yield {
    name: 'complete-labels',
    status: faults.length === 0 ? 'passed' : 'failed',
    measured:
      faults.length === 0
        ? `approved rows weighted by their chance of approval, worth ${count(Math.round(effective))} equal ones`
        : `measured on applicants whom the champion accepted: ${several(faults)}`,
    required: 'approvals at random that reach nearly every row, and no row that outweighs the rest',
    why: 'A champion that chooses whose outcome is seen is judged on a range that it cut itself.',
  };
}

function* selectionFaults(selection: Selection): Generator<string> {
  const { weighted, randomised, overlap, unreachable } = selection;
  if (!weighted) yield 'there is no approval probability';
  if (randomised === null || randomised <= 0) yield 'nobody was approved at random';
  if ((selection.contradicted ?? 0) > 0)
    yield `${count(selection.contradicted ?? 0)} rows were decided against a probability of 0 or 1`;
  if ((selection.disagreement ?? 0) > largestDisagreement)
    yield `the recorded probabilities are not those by which rows were accepted (off by ${amount(selection.disagreement ?? 0)} standard errors)`;
  if (overlap === null) yield 'nobody knows who had a chance of approval';
  else if (overlap < overlapNeeded) yield `${percent(1 - overlap)} of all rows had no chance of approval`;
  if (unreachable === null) yield 'nobody knows whom the challenger would accept';
  else if (unreachable > 1 - overlapNeeded)
    yield `${percent(unreachable)} of those whom the challenger would accept can never show a label`;
  if (selection.largestWeight === null || selection.largestWeight > largestWeight)
    yield `one row carries ${selection.largestWeight === null ? 'an unknown share' : percent(selection.largestWeight)} of all weight`;
  if (selection.effectiveRows === null || selection.effectiveRows < fewestEffectiveRows)
    yield `the weighted rows are worth ${count(Math.round(selection.effectiveRows ?? 0))} equal ones`;
}
