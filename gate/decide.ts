import type { Evidence } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Verdict, VerdictKind } from '../schemas/verdict.ts';
import type { Bar } from './checks/bar.ts';
import { caps } from './checks/caps.ts';
import { comparability, newAnswers } from './checks/comparability.ts';
import { enoughData } from './checks/enoughData.ts';
import { floors } from './checks/floors.ts';
import { checkOf, type GateCheck } from './checks/gateCheck.ts';
import { guardrails } from './checks/guardrails.ts';
import { labels } from './checks/labels.ts';
import { notes } from './checks/notes.ts';
import { anchorBar, primaryBar } from './checks/primary.ts';
import { slices } from './checks/slices.ts';
import { validity } from './checks/validity.ts';
import { worthWaiting } from './checks/worthWaiting.ts';
import { type Ending, summarise } from './summarise.ts';
import { crowning, type WinTest, wins } from './wins.ts';

/**
 * The gate: a pure function from evidence and policy to a verdict, so that anyone can recompute it.
 *
 * The first of these that holds decides:
 *
 * 1. the comparison does not hold: `invalid`; the challenger is the champion in disguise: `keep`
 * 2. there is nothing to compare that both sides agree on: `review`
 * 3. there is nothing to tell a difference by: `insufficient`
 * 4. the evidence shows a loss beyond what is accepted: `keep`, or `review` by policy
 * 5. labels are missing, or their rate changes: `review`
 * 6. the challenger passes every bar: `promote`, or `review` if a person has to confirm the win
 * 7. even the upper bound is too small to be worth waiting for: `keep`
 * 8. otherwise `insufficient`
 *
 * @param beats the test for a lower bound; the controls try it on cases whose answer is known
 */
export function decide(evidence: Evidence, policy: Policy, beats: WinTest = wins): Verdict {
  const { kind, summary, deciding, checks } = explain(evidence, policy, beats);
  return { kind, summary: summary.text, deciding, checks: checks.map(checkOf) };
}

/** A verdict with the messages and numbers that its sentences are made of. */
export interface ExplainedVerdict {
  readonly kind: VerdictKind;
  readonly summary: Message;
  /** The check that decided. */
  readonly deciding: string;
  readonly checks: readonly GateCheck[];
}

/** What `decide` answers, before it is written out as sentences. */
export function explain(evidence: Evidence, policy: Policy, beats: WinTest = wins): ExplainedVerdict {
  const rule = evidence.champion === null ? crowning(policy) : policy;
  const seen = look(evidence, rule, beats);
  const { kind, ending, deciding } = order(seen, rule);
  return {
    kind,
    summary: summarise(ending, deciding, evidence, rule),
    deciding: deciding.name,
    checks: [
      ...seen.validity,
      ...seen.newAnswers,
      ...seen.comparability,
      ...seen.enoughData,
      ...seen.bars.map(({ check }) => check),
      ...seen.labels,
      ...seen.caps,
      seen.worthWaiting,
      ...seen.notes,
    ],
  };
}

/** Every check, in the order in which they decide. */
interface Seen {
  readonly validity: readonly GateCheck[];
  readonly newAnswers: readonly GateCheck[];
  readonly comparability: readonly GateCheck[];
  readonly enoughData: readonly GateCheck[];
  /** The primary metric comes first. */
  readonly bars: readonly [Bar, ...Bar[]];
  readonly worthWaiting: GateCheck;
  readonly labels: readonly GateCheck[];
  readonly caps: readonly GateCheck[];
  readonly notes: readonly GateCheck[];
}

function look(evidence: Evidence, policy: Policy, beats: WinTest): Seen {
  const bars: Seen['bars'] = [
    primaryBar(evidence, policy, beats),
    ...anchorBar(evidence, policy, beats),
    ...guardrails(evidence, policy),
    ...floors(evidence, policy),
    ...slices(evidence, policy),
  ];
  return {
    validity: [...validity(evidence, policy, beats)],
    newAnswers: [...newAnswers(evidence)],
    comparability: [...comparability(evidence)],
    enoughData: [...enoughData(evidence)],
    bars,
    worthWaiting: worthWaiting(evidence, policy, !bars.some(({ blocks }) => blocks)),
    labels: [...labels(evidence, policy)],
    caps: [...caps(evidence, policy)],
    notes: [...notes(evidence, policy)],
  };
}

interface Ended {
  readonly kind: VerdictKind;
  readonly ending: Ending;
  readonly deciding: GateCheck;
}

function order(seen: Seen, { gate }: Policy): Ended {
  const stops: [readonly GateCheck[], VerdictKind, Ending][] = [
    [seen.validity, 'invalid', 'invalid'],
    [seen.newAnswers, 'keep', 'disguise'],
    [seen.comparability, 'review', 'incomparable'],
    [seen.enoughData, 'insufficient', 'noData'],
  ];
  for (const [checks, kind, ending] of stops) {
    const deciding = checks.find(failed);
    if (deciding !== undefined) return { kind, ending, deciding };
  }
  const lost = seen.bars.find((bar) => bar.lost);
  if (lost !== undefined) return { kind: gate.onLoss, ending: 'loss', deciding: lost.check };
  const unsure = seen.labels.find(failed);
  if (unsure !== undefined) return { kind: 'review', ending: 'unsureLabels', deciding: unsure };
  const unmet = seen.bars.find((bar) => bar.blocks);
  if (unmet === undefined) {
    const cap = seen.caps.find(failed);
    if (cap !== undefined) return { kind: 'review', ending: 'capped', deciding: cap };
    return { kind: 'promote', ending: 'won', deciding: seen.bars[0].check };
  }
  return failed(seen.worthWaiting)
    ? { kind: 'keep', ending: unmet === seen.bars[0] ? 'notWorth' : 'barsNotWorth', deciding: seen.worthWaiting }
    : { kind: 'insufficient', ending: 'open', deciding: unmet.check };
}

const failed = ({ status }: GateCheck): boolean => status === 'failed';
