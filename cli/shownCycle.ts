import type { AnswerOf } from '../operations/operation.ts';
import type { showOperation } from '../operations/show.ts';
import { cycleReport } from '../report/cycle.ts';
import type { Look } from './answer.ts';
import { renderCycle } from './render/cycle.ts';
import { tasksOf } from './showEvent.ts';

/** The report of a cycle, from what `show` answers. */
export function shownCycle(shown: AnswerOf<typeof showOperation>, { paint, width }: Look): string {
  const { judgements, policy, warnings, windows, firstEvent, measured, observed, steps: _, progress, ...cycle } = shown;
  const documents = { policy, evidence: measured, observations: observed };
  const now = (progress === null ? [] : tasksOf(progress)).map(
    ({ step, detail }) => `Now: ${[step, detail].filter(Boolean).join(' · ')}`,
  );
  const report = renderCycle(
    cycleReport({ cycle, judgements, ...documents, warnings, windows, firstEvent }),
    paint,
    width,
  );
  return [report, now.join('\n')].filter((part) => part !== '').join('\n\n');
}
