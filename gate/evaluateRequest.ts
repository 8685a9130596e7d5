import { primaryMetricOf } from '../schemas/metrics.ts';
import type { EvaluateRequest } from '../schemas/payloads.ts';

/** What every judgement is about. */
type Always = 'cycle' | 'definition' | 'window' | 'challenger' | 'trivial' | 'charge' | 'rehearsal';

/** By whose rules a new judgement is measured. */
const newestFormat = 3;

/**
 * What the trainer is asked to measure for one judgement, by a cycle, a try, or whoever computes it again. What is not
 * said is not there: no champion, no past, no control that was fitted on shuffled labels.
 */
export function evaluateRequest(judgement: Pick<EvaluateRequest, Always> & Partial<EvaluateRequest>): EvaluateRequest {
  return {
    evidenceFormat: newestFormat,
    primary: primaryMetricOf(judgement.definition),
    champion: null,
    anchor: null,
    choseChampion: [],
    observations: null,
    forecast: null,
    shuffledFit: null,
    past: [],
    followUp: null,
    run: null,
    ...judgement,
  };
}
