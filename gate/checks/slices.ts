import type { Evidence, SliceEvidence } from '../../schemas/evidence.ts';
import type { Gate, SlicePolicy } from '../../schemas/gate.ts';
import type { Message, MessageValue } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { say } from '../messages.ts';
import { listed, of, titleOf } from '../say.ts';
import { type Bar, within } from './bar.ts';

/**
 * Declared slices, one check for each column. A slice has lost if its upper bound is below the margin after Holm's correction
 * over all slices (Holm 1979: of many slices some look bad by chance). It passes if its own lower bound is above the margin.
 *
 * A check names the column, never its values: verdicts are passed on, and a value may be about a person. The evidence has them.
 */
export function* slices(evidence: Evidence, { gate }: Policy): Generator<Bar> {
  if (evidence.champion === null) return;
  for (const declared of gate.slices) yield sliceBar(declared, evidence, gate);
}

function sliceBar(declared: SlicePolicy, { slices, primary }: Evidence, { undecidedSlices }: Gate): Bar {
  const { column, margin } = declared;
  const metric = declared.metric ?? primary;
  const parts = slices.filter(
    (slice) => slice.where.length === 1 && slice.where[0]?.column === column && slice.metric === metric,
  );
  const lost = parts.filter(({ holmHigh }) => holmHigh !== null && holmHigh < -margin);
  const undecided = parts.filter((slice) => !lost.includes(slice) && !within(margin, slice.difference).met);
  const open = parts.length === 0 || undecided.length > 0;
  const openBlocks = undecidedSlices === 'blockAll' || (undecidedSlices === 'blockProtected' && declared.protected);
  const status: CheckStatus = lost.length > 0 ? 'failed' : open ? 'unknown' : 'passed';
  const bound = of(-margin, 'difference');
  return {
    check: {
      name: declared.metric === undefined ? `slice-${column}` : `slice-${column}-${metric}`,
      status,
      measured: say('slice.measured', { metric: titleOf(metric), column, parts: told(parts, lost, undecided) }),
      required: openBlocks ? say('slice.required', { bound }) : say('slice.required-told', { bound }),
      why: say('slice.why'),
      compared: [
        { what: 'losingParts', measured: of(lost.length, 'part'), relation: 'equals', required: of(0, 'part') },
      ],
    },
    lost: lost.length > 0,
    blocks: lost.length > 0 || (open && openBlocks),
  };
}

function told(parts: SliceEvidence[], lost: SliceEvidence[], undecided: SliceEvidence[]): Message {
  if (parts.length === 0) return say('nothing');
  const holding = parts.length - lost.length - undecided.length;
  const said = [say('slice.hold', { holding: of(holding, 'count'), parts: of(parts.length, 'part') })];
  if (lost.length > 0) said.push(say('slice.lose', { parts: of(lost.length, 'count'), worst: worst(lost) }));
  if (undecided.length > 0)
    said.push(say('slice.untold', { parts: of(undecided.length, 'count'), worst: worst(undecided) }));
  return say('slice.parts', { parts: listed(said) });
}

function worst(parts: SliceEvidence[]): MessageValue {
  const estimates = parts.flatMap(({ difference }) => (difference === null ? [] : [difference.estimate]));
  if (estimates.length > 0) return of(Math.min(...estimates), 'difference');
  return say('slice.nothing', { reason: parts[0]?.unmeasured ?? say('slice.no-interval') });
}
