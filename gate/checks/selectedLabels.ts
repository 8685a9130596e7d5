import type { Evidence, Selection } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import { say } from '../messages.ts';
import { few, of } from '../say.ts';
import { type GateCheck, passedIf } from './gateCheck.ts';

/** At least this share of all rows must have had a chance to show their labels. */
const overlapNeeded = 0.99;
/** A row with more than this share of all weight decides by itself. */
const largestWeight = 0.05;
/** Right probabilities stay within this many standard errors, over a few dozen parts of the rows. */
const largestDisagreement = 5;
/** With fewer effective rows than this, weighted means rest on a few rows. */
const fewestEffectiveRows = 100;

/**
 * Whether the labels of selected rows can stand for all rows. A champion that decided whose outcome is seen is judged on the
 * range that it let through. It looks worse there than it is, and equal challengers win most of the time. Rows that were
 * approved at random, weighted by the inverse of their probability, correct that (Horvitz and Thompson 1952), as long as
 * nearly every row had a chance and no row has too much weight.
 */
export function* selectedLabels({ selection }: Evidence, { labels }: Policy): Generator<GateCheck> {
  if (labels === 'complete') return;
  const faults = selection === null ? [say('complete-labels.no-column')] : [...selectionFaults(selection)];
  const effective = selection?.effectiveRows ?? 0;
  yield {
    name: 'complete-labels',
    status: passedIf(faults.length === 0),
    measured:
      faults.length === 0
        ? say('complete-labels.measured', { rows: of(Math.round(effective), 'count') })
        : say('complete-labels.faults', { faults: few(faults) }),
    required: say('complete-labels.required'),
    why: say('complete-labels.why'),
    compared: [
      {
        what: 'effectiveRows',
        measured: selection?.effectiveRows == null ? null : of(selection.effectiveRows, 'count'),
        relation: 'atLeast',
        required: of(fewestEffectiveRows, 'count'),
      },
    ],
  };
}

function* selectionFaults(selection: Selection): Generator<Message> {
  const { weighted, randomised, overlap, unreachable } = selection;
  if (!weighted) yield say('complete-labels.no-probability');
  if (randomised === null || randomised <= 0) yield say('complete-labels.no-chance');
  if ((selection.contradicted ?? 0) > 0)
    yield say('complete-labels.contradicted', { rows: of(selection.contradicted ?? 0, 'count') });
  if ((selection.disagreement ?? 0) > largestDisagreement)
    yield say('complete-labels.disagreement', { errors: of(selection.disagreement ?? 0, 'amount') });
  if (overlap === null) yield say('complete-labels.overlap-unknown');
  else if (overlap < overlapNeeded) yield say('complete-labels.overlap', { share: of(1 - overlap, 'share') });
  if (unreachable === null) yield say('complete-labels.unreachable-unknown');
  else if (unreachable > 1 - overlapNeeded)
    yield say('complete-labels.unreachable', { share: of(unreachable, 'share') });
  if (selection.largestWeight === null) yield say('complete-labels.weight-unknown');
  else if (selection.largestWeight > largestWeight)
    yield say('complete-labels.weight', { share: of(selection.largestWeight, 'share') });
  if (selection.effectiveRows === null || selection.effectiveRows < fewestEffectiveRows)
    yield say('complete-labels.effective', { rows: of(Math.round(selection.effectiveRows ?? 0), 'count') });
}
