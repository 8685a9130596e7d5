import type { Evidence, SliceEvidence } from '../../schemas/evidence.ts';
import type { Gate, SlicePolicy } from '../../schemas/gate.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { count, counted, signed } from '../numbers.ts';
import { type Bar, within } from './bar.ts';

/**
 * Declared slices, one check a column. A slice has lost where its upper bound is below the margin after Holm's correction
 * over all slices (Holm 1979: of many slices some look bad by chance), and passes where its own lower bound is above it.
 *
 * A check names the column, never its values: verdicts travel, and a value may be a person's. They are in the evidence.
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
  return {
    check: {
      name: declared.metric === undefined ? `slice-${column}` : `slice-${column}-${metric}`,
      status,
      measured: `${metricEntry(metric).title} by ${column}: ${told(parts, lost, undecided)}`,
      required: `in each part a lower bound above ${signed(-margin)}${openBlocks ? '' : ' (too few rows to tell do not block)'}`,
      why: 'A model that is better on the whole may be worse for some.',
    },
    lost: lost.length > 0,
    blocks: lost.length > 0 || (open && openBlocks),
  };
}

function told(parts: SliceEvidence[], lost: SliceEvidence[], undecided: SliceEvidence[]): string {
  if (parts.length === 0) return 'nothing measured';
  const said = [`${count(parts.length - lost.length - undecided.length)} of ${counted(parts.length, 'part')} hold`];
  if (lost.length > 0) said.push(`${count(lost.length)} lose, at worst ${worst(lost)}`);
  if (undecided.length > 0) said.push(`${count(undecided.length)} cannot be told, at worst ${worst(undecided)}`);
  return said.join(', ');
}

function worst(parts: SliceEvidence[]): string {
  const estimates = parts.flatMap(({ difference }) => (difference === null ? [] : [difference.estimate]));
  if (estimates.length > 0) return signed(Math.min(...estimates));
  return `nothing measured (${parts[0]?.unmeasured ?? 'no interval'})`;
}
