import { Command } from 'commander';
import { explainOperation } from '../../operations/explain.ts';
import { perform } from '../../operations/operation.ts';
import type { Look, Tell } from '../answer.ts';
import { renderTable } from '../render/table.ts';
import { wrap } from '../render/wrap.ts';
import type { Session } from '../session.ts';

export const explainCommand = (session: Session, tell: Tell) =>
  new Command('explain')
    .description(explainOperation.description)
    .argument('[check]', 'its name in a verdict, such as no-leak')
    .action(async (check: string | undefined) => {
      const answer = await perform(explainOperation, session.context, { check });
      const [first] = answer.checks;
      tell({
        document: answer,
        text: (look) =>
          check === undefined || first === undefined ? listOf(answer.checks, look) : inFull(first, look),
      });
    });

interface Explained {
  readonly name: string;
  readonly meaning: string;
  readonly effect: string;
  readonly advice: string;
}

function inFull({ name, meaning, effect, advice }: Explained, { paint, width }: Look): string {
  const part = (title: string, text: string) => `${paint('dim', title)}\n${wrap(text, width).join('\n')}`;
  return [
    `${paint('bold', name)}\n${wrap(meaning, width).join('\n')}`,
    part('Where it fails', effect),
    part('What to do', advice),
  ].join('\n\n');
}

/** The first sentence of each. */
function listOf(checks: readonly Explained[], { paint }: Look): string {
  const rows = checks.map(({ name, meaning }) => [name, /^.*?[.:](?=\s|$)/.exec(meaning)?.[0].slice(0, -1) ?? meaning]);
  const table = renderTable([{ title: 'check' }, { title: 'what it looks at' }], rows, paint);
  return `${table}\n\n${paint('dim', 'One of them in full: reign explain CHECK')}`;
}
