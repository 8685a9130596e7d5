import { type ExplainedVerdict, explain } from '../gate/decide.ts';
import type { Evidence } from '../schemas/evidence.ts';
import type { Observations } from '../schemas/observations.ts';
import type { Policy } from '../schemas/policy.ts';
import type { JudgementReport, ReportedCheck } from '../schemas/report.ts';
import type { Verdict } from '../schemas/verdict.ts';
import { decidingDifference } from './deciding.ts';
import { factsOf } from './facts.ts';
import { metricRows, unmeasuredSaid } from './metrics.ts';
import { shiftReport } from './shift.ts';
import { sliceRows } from './slices.ts';

/** What is known of a judgement. */
export interface KnownJudgement {
  readonly verdict: Verdict | null;
  /** Null where the store cannot be reached, or where there is none yet. */
  readonly evidence: Evidence | null;
  /** What the evidence was held against; null where it is not known: then no limits are shown. */
  readonly policy: Policy | null;
  /** What was seen in the features; default: not known. */
  readonly observations?: Observations | null;
}

/** All that is to be told about one judgement. What is not known is left out. */
export function judgementReport({ verdict, evidence, policy, observations = null }: KnownJudgement): JudgementReport {
  const judged = evidence === null || policy === null ? null : explain(evidence, policy);
  return {
    verdict: verdict === null ? null : reportedVerdict(verdict, judged),
    deciding: evidence === null ? null : decidingDifference(evidence, policy),
    metrics: evidence === null ? [] : metricRows(evidence),
    unmeasured: evidence === null ? null : unmeasuredSaid(evidence),
    slices: evidence === null ? [] : sliceRows(evidence),
    swapSet: evidence?.swapSet ?? null,
    shift: evidence === null || observations === null ? null : shiftReport(observations),
    facts: evidence === null ? [] : factsOf(evidence, policy, verdict),
  };
}

function reportedVerdict(
  { kind, summary, deciding, checks }: Verdict,
  judged: ExplainedVerdict | null,
): JudgementReport['verdict'] {
  return {
    kind,
    summary,
    // The stored sentence is what was signed: a message is added only where it says the same.
    said: judged?.summary.text === summary ? judged.summary : null,
    checks: checks.map((check) => reportedCheck(check, check.name === deciding, judged)),
  };
}

function reportedCheck(
  check: Verdict['checks'][number],
  decided: boolean,
  judged: ExplainedVerdict | null,
): ReportedCheck {
  const known = judged?.checks.find(
    ({ name, status, measured, required, why }) =>
      name === check.name &&
      status === check.status &&
      measured.text === check.measured &&
      required.text === check.required &&
      why.text === check.why,
  );
  return {
    ...check,
    decided,
    said: known === undefined ? null : { measured: known.measured, required: known.required, why: known.why },
    compared: [...(known?.compared ?? [])],
  };
}
