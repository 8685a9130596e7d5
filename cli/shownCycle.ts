import type { AnswerOf } from '../operations/operation.ts';
import type { showOperation } from '../operations/show.ts';
import type { Look } from './answer.ts';
import { renderCycle } from './render/cycle.ts';
import { tasksOf } from './showEvent.ts';

/** The report of a cycle, from what `show` answers. */
export function shownCycle({ report, progress }: AnswerOf<typeof showOperation>, { paint, width }: Look): string {
  const now = (progress === null ? [] : tasksOf(progress)).map(
    ({ step, detail }) => `Now: ${[step, detail].filter(Boolean).join(' · ')}`,
  );
  return [renderCycle(report, paint, width), now.join('\n')].filter((part) => part !== '').join('\n\n');
}
