import type { Evidence } from '../schemas/evidence.ts';
import type { Interval, MetricEvidence } from '../schemas/interval.ts';

/** Whom the challenger has to beat. */
export interface Opponent {
  readonly name: 'champion' | 'trivial predictor';
  /** The difference that decides, of one metric. */
  readonly difference: (metric: MetricEvidence) => Interval | null;
}

/** The champion, or the trivial predictor where nobody reigns yet. */
export const opponent = ({ champion }: Pick<Evidence, 'champion'>): Opponent =>
  champion === null
    ? { name: 'trivial predictor', difference: ({ lead }) => lead }
    : { name: 'champion', difference: ({ difference }) => difference };

/** The primary metric's difference that decides; null where there is none. */
export function primaryDifference(evidence: Evidence): Interval | null {
  const measured = evidence.metrics[evidence.primary];
  return measured === undefined ? null : opponent(evidence).difference(measured);
}
