import type { AnswerOf } from '../operations/operation.ts';
import type { showOperation } from '../operations/show.ts';
import { cycleReport } from '../report/cycle.ts';
import type { Look } from './answer.ts';
import { renderCycle } from './render/cycle.ts';

/** The report of a cycle, from what `show` answers. */
export function shownCycle(shown: AnswerOf<typeof showOperation>, { paint, width }: Look): string {
  const { judgements, policy, warnings, windows, firstEvent, measured, observed, ...cycle } = shown;
  const documents = { policy, evidence: measured, observations: observed };
  return renderCycle(cycleReport({ cycle, judgements, ...documents, warnings, windows, firstEvent }), paint, width);
}
