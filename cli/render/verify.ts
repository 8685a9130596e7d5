import {
  isRecomputed,
  type VerifiedCycle,
  type VerifiedFinding,
  type VerifiedOutcome,
} from '../../operations/verify/finding.ts';
import { day } from '../../report/day.ts';
import { type Paint, plain } from './style.ts';

const marks: Record<VerifiedOutcome, string> = { identical: '✓', close: '≈', differs: '✗', impossible: '?' };
const formats = { identical: 'green', close: 'green', differs: 'red', impossible: 'yellow' } as const;

const words: Record<VerifiedOutcome, string> = {
  identical: 'all agree, to the bit',
  close: 'all agree, within 1e-6',
  differs: 'something differs',
  impossible: 'what can still be recomputed agrees',
};

/** So many places are told of each document; the JSON has them all. */
const mostPlaces = 8;

/** What verifying found, a cycle after the other; of what agrees one line, of what differs the places; and which features are gone. */
export function renderVerified(cycles: readonly VerifiedCycle[], paint: Paint = plain): string {
  if (cycles.length === 0) return 'No cycle to verify yet.';
  const parts = cycles.map((cycle) => renderOne(cycle, paint));
  return cycles.length === 1 ? parts.join('') : `${parts.join('\n')}\n\n${total(cycles, paint)}`;
}

function renderOne({ cycle, outcome, findings }: VerifiedCycle, paint: Paint): string {
  const head = `${paint(formats[outcome], marks[outcome])} ${paint('bold', cycle)}  ${
    findings.length === 0 ? 'no judgement' : words[outcome]
  }`;
  const shown = findings.filter((finding) => finding.outcome !== 'identical' || finding.part === 'features');
  return [head, ...shown.flatMap((finding) => renderFinding(finding, paint))].join('\n');
}

function renderFinding({ part, judgement, outcome, said, differences }: VerifiedFinding, paint: Paint): string[] {
  const where = judgement === null ? part : `judgement ${judgement}, ${part}`;
  const told = differences.slice(0, mostPlaces).map(({ path, stored, recomputed }) => {
    const values = `stored ${shown(stored)}, ${otherSide(part)} ${shown(recomputed)}`;
    return `      ${path}: ${paint('dim', values)}`;
  });
  const rest = differences.length - told.length;
  return [
    `  ${paint(formats[outcome], marks[outcome])} ${where}: ${said}`,
    ...told,
    ...(rest > 0 ? [`      and ${rest} more places (--json tells all)`] : []),
  ];
}

function otherSide(part: VerifiedFinding['part']): string {
  if (part === 'files') return 'found';
  return isRecomputed(part) ? 'recomputed' : 'expected';
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function total(cycles: readonly VerifiedCycle[], paint: Paint): string {
  const count = (outcome: VerifiedOutcome) => cycles.filter((each) => each.outcome === outcome);
  const differing = count('differs');
  const gone = count('impossible');
  const agree = cycles.length - differing.length - gone.length;
  const said = [
    `${agree} of ${cycles.length} cycles agree`,
    ...(gone.length === 0 ? [] : [`${gone.length} cannot be recomputed in full`]),
    ...(differing.length === 0
      ? []
      : [paint('red', `${differing.length} differ: ${differing.map(({ asOf }) => day(asOf)).join(', ')}`)]),
  ];
  return said.join('; ');
}
