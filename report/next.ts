import { of } from '../gate/say.ts';
import type { Cycle } from '../schemas/cycle.ts';
import type { Evidence } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { Verdict } from '../schemas/verdict.ts';
import { day } from './day.ts';
import { tell } from './messages.ts';

/** What a person can do about a cycle now, or need not do; nothing where all is well. */
export function nextSteps(cycle: Cycle, verdict: Verdict | null, evidence: Evidence | null): Message[] {
  const { status, waitsFor, failure, model, asOf } = cycle;
  if (failure !== null) {
    const advice = tell('next.advice', { advice: failure.advice });
    return waitsFor === 'fault' ? [advice, tell('next.fault')] : [advice];
  }
  if (waitsFor === 'fault') return [tell('next.fault')];
  if (waitsFor === 'person') return [tell('next.person', { cycle: cycle.id })];
  if (status === 'cancelled') return [tell('next.cancelled', { model, asOf: day(asOf) })];
  if (status === 'superseded') return [tell('next.superseded')];
  return verdict === null || status === 'promoted' ? [] : [...afterVerdict(verdict, evidence)];
}

function* afterVerdict({ kind, deciding: check }: Verdict, evidence: Evidence | null): Generator<Message> {
  if (kind === 'review') yield tell('next.review', { check });
  if (kind === 'invalid') yield tell('next.invalid', { check });
  if (kind === 'insufficient')
    yield evidence === null ? tell('next.insufficient', { check }) : moreData(check, evidence);
}

function moreData(check: string, { detection: { clustersNeeded, enoughOn }, clusters }: Evidence): Message {
  if (clustersNeeded === null || clustersNeeded <= clusters.count) return tell('next.insufficient', { check });
  const values = { clusters: of(clustersNeeded, 'cluster'), here: of(clusters.count, 'count') };
  return enoughOn === null
    ? tell('next.more-data', values)
    : tell('next.more-data-on', { ...values, day: enoughOn.slice(0, 10) });
}
