import { listed, of } from '../gate/say.ts';
import { beginsBefore } from '../gate/windows.ts';
import type { Cycle, Judgement } from '../schemas/cycle.ts';
import type { Evidence } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { Observations } from '../schemas/observations.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Window } from '../schemas/primitives.ts';
import type { CycleReport } from '../schemas/report.ts';
import { day } from './day.ts';
import { elapsed } from './elapsed.ts';
import { judgementReport } from './judgement.ts';
import { tell } from './messages.ts';
import { nextSteps } from './next.ts';

/** What is known of a cycle. */
export interface KnownCycle {
  readonly cycle: Cycle;
  readonly judgements: readonly Judgement[];
  /** Null where there is none yet, or where the store is not reachable. */
  readonly evidence: Evidence | null;
  /** What the last judgement was held against. Default: not known. */
  readonly policy?: Policy | null;
  /** What was seen in the features. Default: not known. */
  readonly observations?: Observations | null;
  /** What the cycle claimed. Default: not known; the holdout's is then taken from the evidence. */
  readonly windows?: { readonly train: Window; readonly holdout: Window } | null;
  /** The first event of the training rows. Default: not known. */
  readonly firstEvent?: string | null;
  /** What was warned of in it. Default: nothing. */
  readonly warnings?: readonly string[];
  /** Definition versions whose cycles have the same asOf. Default: none. */
  readonly otherVersions?: readonly number[];
  /** What persons decided about it, in order. Default: nothing. */
  readonly decisions?: readonly DecisionSaid[];
}

/** A person's decision in brief. */
export interface DecisionSaid {
  readonly kind: 'approve' | 'reject' | 'override';
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly reason: string;
}

/** One cycle in full. */
export function cycleReport(known: KnownCycle): CycleReport {
  const { cycle, judgements, evidence, policy = null, observations = null, warnings = [] } = known;
  const verdict = judgements.at(-1)?.verdict ?? null;
  return {
    cycle,
    judgement: judgementReport({ verdict, evidence, policy, observations }),
    judgements: [...judgements],
    facts: cycleFacts(known),
    warnings: [...warnings],
    next: nextSteps(cycle, verdict, evidence),
  };
}

function cycleFacts({
  cycle,
  evidence,
  windows = null,
  firstEvent = null,
  otherVersions = [],
  decisions = [],
}: KnownCycle): CycleReport['facts'] {
  const { rows, challenger, champion, definitionVersion, trigger } = cycle;
  const train = windows?.train ?? evidence?.challenger.trainWindow ?? null;
  const trainedOn = rows.train === null ? null : rowsIn(rows.train, train, firstEvent);
  const holdout = windows?.holdout ?? evidence?.window ?? null;
  // With the evidence, its own line says which rows were judged.
  const judged = evidence === null ? rows.judged : null;
  const all: [CycleReport['facts'][number]['name'], Message | null][] = [
    ['challenger', challenger === null ? null : version(challenger)],
    ['champion', champion === null ? null : version(champion)],
    ['train', cycle.kind === 'challenge' ? trainedOutside(evidence) : trainedOn],
    ['holdout', rows.holdout === null ? null : rowsIn(rows.holdout, holdout, null)],
    ['judged', judged === null ? null : rowsIn(judged, null, null)],
    ...decisions.map((decision): ['decision', Message] => ['decision', decisionSaid(decision)]),
    ['definition', definitionSaid(definitionVersion, otherVersions)],
    ['trigger', tell(`cycle.trigger.${trigger}`)],
    ['started', startedSaid(cycle)],
  ];
  return all.flatMap(([name, said]) => (said === null ? [] : [{ name, said }]));
}

/** The training rows of a challenge are not its challenger's: shifts and the trivial predictor are measured from them. */
function trainedOutside(evidence: Evidence | null): Message | null {
  if (evidence === null) return null;
  const { trainWindow } = evidence.challenger;
  if (trainWindow === null) return tell('cycle.trained-unknown');
  return tell('cycle.trained-outside', { from: day(trainWindow.from), to: day(trainWindow.to) });
}

const decisionSaid = ({ kind, by, at, reason }: DecisionSaid): Message =>
  tell(`cycle.decision.${kind}`, { by, at: minutesOf(at), reason });

/** `2001-02-12 06:30 UTC` */
const minutesOf = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;

const version = (number: number): Message => tell('cycle.version', { version: of(number, 'plain') });

/** Which definition version it ran by, and which others the asOf has cycles of: a model and an asOf alone do not say. */
function definitionSaid(number: number, others: readonly number[]): Message {
  if (others.length === 0) return version(number);
  const versions = listed(others.map((other) => of(other, 'plain')));
  return tell('cycle.version-of-several', { version: of(number, 'plain'), versions });
}

function rowsIn(count: number, window: Window | null, firstEvent: string | null): Message {
  const rows = of(count, 'row');
  if (window === null) return tell('cycle.rows', { rows });
  const values = { rows, from: day(window.from), to: day(window.to) };
  return firstEvent !== null && beginsBefore(window, firstEvent)
    ? tell('cycle.rows-late', { ...values, first: firstEvent.slice(0, 10) })
    : tell('cycle.rows-window', values);
}

function startedSaid({ startedAt, endedAt, attempt }: Cycle): Message {
  // Without fractions of a second.
  const at = startedAt.replace(/^(.{10})T(.{8})(?:\.\d+)?Z$/, '$1 $2 UTC');
  const again = { at, attempt: of(attempt, 'plain') };
  if (endedAt === null) return attempt > 1 ? tell('cycle.going-attempt', again) : tell('cycle.going', { at });
  const took = elapsed(startedAt, endedAt);
  return attempt > 1
    ? tell('cycle.ended-attempt', { ...again, elapsed: took })
    : tell('cycle.ended', { at, elapsed: took });
}
