import { primaryMetricOf } from '../schemas/metrics.ts';
import type { EvaluateRequest } from '../schemas/payloads.ts';

/** What every judgement is about. */
type Always = 'cycle' | 'definition' | 'window' | 'challenger' | 'trivial' | 'charge' | 'rehearsal';

/** The definition whose rules a new judgement is measured by. */
const newestFormat = 3;

/**
 * What the trainer has to measure for one judgement: of a cycle, of a try, or when it is computed again. What is left out
 * is absent: no champion, no past, no control that was fitted on shuffled labels.
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
