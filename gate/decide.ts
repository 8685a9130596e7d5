import type { Evidence, Interval, MetricEvidence } from '../schemas/evidence.ts';
import { type Metric, metrics } from '../schemas/metrics.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Check, Verdict, VerdictKind } from '../schemas/verdict.ts';
import { signed } from './numbers.ts';

/** A check, with the verdict that it leads to when it does not pass. */
interface Barrier extends Check {
  readonly otherwise: VerdictKind;
}

/**
 * The gate: from evidence and policy to a verdict, and nothing else. Deterministic, so that anyone can recompute it.
 *
 * The checks stand in the order of their weight and the first one that does not pass decides: is the comparison valid,
 * can it be made at all, does the challenger win, does it break a guardrail.
 */
export function decide(evidence: Evidence, policy: Policy): Verdict {
  const barriers = [...validity(evidence), ...comparability(evidence), ...victory(evidence, policy)];
  const stopped = barriers.find((barrier) => barrier.status !== 'passed');
  const kind = stopped?.otherwise ?? 'promote';
  return {
    kind,
    summary: summarise(kind, evidence, stopped),
    deciding: stopped?.name ?? 'primary',
    checks: barriers.map(({ otherwise: _, ...check }) => check),
  };
}

function* validity({ challenger, champion, rehearsal }: Evidence): Generator<Barrier> {
  if (champion !== null) {
    yield {
      name: 'distinct-versions',
      status: champion.cycle === challenger.cycle ? 'failed' : 'passed',
      measured: `challenger of ${challenger.cycle}, champion of ${champion.cycle}`,
      required: 'two different versions',
      why: 'A version compared with itself always ties.',
      otherwise: 'invalid',
    };
  }
  const fitted = challenger.fittedOnJudgedRows + (champion?.fittedOnJudgedRows ?? 0);
  yield {
    name: 'unseen-rows',
    status: fitted === 0 ? 'passed' : 'failed',
    measured: `challenger fitted on ${challenger.fittedOnJudgedRows}, champion on ${champion?.fittedOnJudgedRows ?? 0} of the judged rows`,
    required: 'neither fitted on a judged row',
    why: 'A model looks better than it is on rows that it has seen.',
    otherwise: 'invalid',
  };
  yield {
    name: 'rehearsal',
    status: rehearsal.rows > 0 && rehearsal.mismatches === 0 ? 'passed' : 'failed',
    measured: `${rehearsal.mismatches} of ${rehearsal.rows} rows answered differently`,
    required: 'raw JSON rows get the same answers in a clean process',
    why: 'What was measured must be what callers will get.',
    otherwise: 'invalid',
  };
}

function* comparability({ champion, rows, unmeasured, clusters }: Evidence): Generator<Barrier> {
  if (champion !== null) {
    yield {
      name: 'champion-scored',
      status: champion.unscorable === null ? 'passed' : 'failed',
      measured: champion.unscorable ?? 'scored on the judged rows',
      required: 'the champion can be scored',
      why: 'Without its answers on the same rows nobody knows whether the challenger is better.',
      otherwise: 'review',
    };
    yield {
      name: 'same-labels',
      status: rows.labelsDiffer === 0 ? 'passed' : 'failed',
      measured: `${rows.labelsDiffer} of ${rows.inBoth} rows have another label in the champion's query`,
      required: 'one label a row',
      why: 'Where two queries disagree about the truth, a person has to say which one holds.',
      otherwise: 'review',
    };
  }
  const measurable = unmeasured === null && clusters.count >= 2;
  yield {
    name: 'enough-data',
    status: measurable ? 'passed' : 'failed',
    measured: unmeasured ?? `${rows.judged} rows in ${clusters.count} clusters`,
    required: 'rows in at least two clusters',
    why: 'Without repetition there is no telling a difference from chance.',
    otherwise: 'insufficient',
  };
}

function* victory(evidence: Evidence, { gate, labels }: Policy): Generator<Barrier> {
  const primary = evidence.metrics[evidence.primary];
  const against = opponent(evidence);
  const deciding = primary === undefined ? null : against.interval(primary);
  yield {
    name: 'primary',
    status: deciding?.low == null ? 'unknown' : deciding.low > 0 ? 'passed' : 'failed',
    measured: `${metrics[evidence.primary].title} ${against.verb} by ${describe(deciding)}`,
    required: 'a lower bound above zero',
    why: `The challenger must be better than the ${against.name} beyond what chance gives.`,
    otherwise: deciding?.low == null ? 'insufficient' : 'keep',
  };
  if (evidence.champion !== null) {
    for (const rail of gate.guardrails) yield guardrail(rail, evidence.metrics[rail.metric]?.difference ?? null);
  }
  if (labels === 'selected') {
    yield {
      name: 'complete-labels',
      status: 'failed',
      measured: 'labels of selected rows only',
      required: "labels of all rows, or a person's judgement",
      why: 'Measured on rows that an earlier decision selected: the others never show their label.',
      otherwise: 'review',
    };
  }
}

function guardrail({ metric, margin }: { metric: Metric; margin: number }, difference: Interval | null): Barrier {
  const low = difference?.low ?? null;
  return {
    name: `guardrail-${metric}`,
    status: low === null ? 'unknown' : low > -margin ? 'passed' : 'failed',
    measured: `${metrics[metric].title} difference ${describe(difference)}`,
    required: `a lower bound above ${signed(-margin)}`,
    why: 'A gain in one metric must not be paid for in another.',
    otherwise: low === null ? 'insufficient' : 'keep',
  };
}

/** Whom the challenger has to beat: the champion, or the trivial predictor where nobody reigns yet. */
function opponent({ champion }: Evidence): {
  name: string;
  verb: string;
  interval: (of: MetricEvidence) => Interval | null;
} {
  return champion === null
    ? { name: 'trivial predictor', verb: 'leads the trivial predictor', interval: (of) => of.lead }
    : { name: 'champion', verb: 'differs from the champion', interval: (of) => of.difference };
}

function describe(interval: Interval | null): string {
  if (interval === null) return 'nothing measured';
  const { estimate, low, high, level } = interval;
  if (low === null || high === null) return `${signed(estimate)} (no interval)`;
  return `${signed(estimate)} (${Math.round(level * 100)} % interval ${signed(low)} to ${signed(high)})`;
}

function summarise(kind: VerdictKind, evidence: Evidence, stopped: Barrier | undefined): string {
  const primary = evidence.metrics[evidence.primary];
  const against = opponent(evidence);
  const interval = primary === undefined ? null : against.interval(primary);
  const title = metrics[evidence.primary].title;
  const scope = `on ${evidence.rows.judged.toLocaleString('en')} rows in ${evidence.clusters.count} clusters`;
  switch (kind) {
    case 'promote':
      return `The challenger beats the ${against.name}: ${title} ${describe(interval)} ${scope}.`;
    case 'keep':
      return stopped?.name === 'primary'
        ? `The challenger does not beat the ${against.name}: ${title} ${describe(interval)} ${scope}.`
        : `The challenger wins in ${title} but breaks a guardrail: ${stopped?.measured ?? ''}.`;
    case 'review':
      return `A person has to decide: ${stopped?.measured ?? ''}.`;
    case 'insufficient':
      return `There is too little data to tell: ${stopped?.measured ?? ''}.`;
    case 'invalid':
      return `The comparison does not hold: ${stopped?.measured ?? ''}.`;
  }
}
