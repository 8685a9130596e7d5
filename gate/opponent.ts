import type { Evidence } from '../schemas/evidence.ts';
import type { Interval, MetricEvidence } from '../schemas/interval.ts';
import type { Message } from '../schemas/message.ts';
import { say } from './messages.ts';

/** Whom the challenger has to beat. */
export interface Opponent {
  readonly name: 'champion' | 'trivial predictor';
  /** The difference that decides, of one metric. */
  readonly difference: (metric: MetricEvidence) => Interval | null;
}

/** The champion, or the trivial predictor if there is no champion yet. */
export const opponent = ({ champion }: Pick<Evidence, 'champion'>): Opponent =>
  champion === null
    ? { name: 'trivial predictor', difference: ({ lead }) => lead }
    : { name: 'champion', difference: ({ difference }) => difference };

/** The deciding difference of the primary metric; null if there is none. */
export function primaryDifference(evidence: Evidence): Interval | null {
  const measured = evidence.metrics[evidence.primary];
  return measured === undefined ? null : opponent(evidence).difference(measured);
}

/** Whom the challenger has to beat, as a sentence names it. */
export const opponentSaid = ({ champion }: Pick<Evidence, 'champion'>): Message =>
  champion === null ? say('opponent.trivial') : say('opponent.champion');
