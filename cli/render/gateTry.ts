import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Verdict } from '../../schemas/verdict.ts';
import { reportParts } from './report.ts';
import { type Paint, plain } from './style.ts';

interface ShownTry {
  readonly file: string;
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly policy: Policy;
}

/** What the gate says about two columns of a file. */
export function renderGateTry({ file, ...judged }: ShownTry, paint: Paint = plain, width = 100): string {
  const head = `${paint('bold', file)}  ${paint('dim', 'judged without a cycle: nothing was stored or charged')}`;
  return [head, ...reportParts(judged, paint, width)].join('\n\n');
}
