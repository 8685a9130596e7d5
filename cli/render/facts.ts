import type { Fact } from '../../schemas/report.ts';
import { type Paint, plain } from './style.ts';
import { renderFields } from './table.ts';
import { hang } from './wrap.ts';

/** What else the evidence shows, a line each. */
export function renderFacts(facts: readonly Fact[], paint: Paint = plain, width = 100): string {
  const fields = facts.map(({ name, said }) => ({
    title: name === 'follow-up' ? name : name.replaceAll('-', ' '),
    said,
  }));
  const indent = Math.max(0, ...fields.map(({ title }) => title.length)) + 2;
  return renderFields(
    fields.map(({ title, said }) => [title, hang(said.text, width, indent).replaceAll(/\n +/g, '\n')]),
    paint,
  );
}
