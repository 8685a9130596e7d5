import type { JudgementReport } from '../../schemas/report.ts';
import { renderChecks } from './checks.ts';
import { renderDeciding } from './deciding.ts';
import { renderFacts } from './facts.ts';
import { renderMetrics } from './metricsTable.ts';
import { renderShift } from './shift.ts';
import { renderSlices } from './slices.ts';
import { type Paint, plain } from './style.ts';
import { wrap } from './wrap.ts';

/** The parts of a report on one judgement, from the sentence to the small print; parts without content are left out. */
export function reportParts(report: JudgementReport, paint: Paint = plain, width = 100): string[] {
  const { verdict, deciding, shift } = report;
  return [
    verdict === null ? '' : wrap(verdict.summary, width).join('\n'),
    verdict === null ? '' : renderChecks(verdict, paint, width),
    deciding === null ? '' : renderDeciding(deciding, paint, width),
    renderMetrics(report, paint, width),
    renderSlices(report.slices, report.metrics.find(({ primary }) => primary)?.metric, paint, width),
    shift === null ? '' : renderShift(shift, paint),
    renderFacts(report.facts, paint, width),
  ].filter((part) => part !== '');
}
