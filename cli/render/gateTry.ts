import type { JudgementReport } from '../../schemas/report.ts';
import { reportParts } from './report.ts';
import { type Paint, plain } from './style.ts';

/** What the gate says about two columns of a file. */
export function renderGateTry(file: string, report: JudgementReport, paint: Paint = plain, width = 100): string {
  const head = `${paint('bold', file)}  ${paint('dim', 'judged without a cycle: nothing was stored or charged')}`;
  return [head, ...reportParts(report, paint, width)].join('\n\n');
}
