import type { Evidence } from '../../schemas/evidence.ts';
import type { Observations } from '../../schemas/observations.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Verdict } from '../../schemas/verdict.ts';
import { renderChecks } from './checks.ts';
import { renderDeciding } from './deciding.ts';
import { renderEvidenceFacts } from './evidenceFacts.ts';
import { renderMetrics } from './metricsTable.ts';
import { renderShift } from './shift.ts';
import { renderSlices } from './slices.ts';
import { type Paint, plain } from './style.ts';
import { wrap } from './wrap.ts';

interface Judged {
  readonly verdict: Verdict | null;
  readonly evidence: Evidence | null;
  /** Null where it is not known: then margins are not drawn. */
  readonly policy: Policy | null;
  /** What was seen in the features; default: not known. */
  readonly observations?: Observations | null;
}

/** The parts of a report on one judgement, from the sentence to the small print; parts without content are left out. */
export function reportParts(judged: Judged, paint: Paint = plain, width = 100): string[] {
  const { verdict, evidence, policy, observations = null } = judged;
  return [
    verdict === null ? '' : wrap(verdict.summary, width).join('\n'),
    verdict === null ? '' : renderChecks(verdict, paint, width),
    ...(evidence === null
      ? []
      : [
          renderDeciding(evidence, policy, paint, width),
          renderMetrics(evidence, paint, width),
          renderSlices(evidence, paint, width),
          observations === null ? '' : renderShift(observations, paint),
          renderEvidenceFacts(evidence, { policy, verdict }, paint, width),
        ]),
  ].filter((part) => part !== '');
}
