import { Command } from 'commander';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import { reconcileOperation } from '../../operations/reconcile.ts';
import type { Discrepancy } from '../../schemas/reconcile.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Paint } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import type { Session } from '../session.ts';

export const reconcileCommand = (session: Session, tell: Tell) =>
  new Command('reconcile')
    .description(reconcileOperation.description)
    .option('--moved-temporal', 'this Temporal runs the cycles from now on; end those that it does not know as failed')
    .action(async ({ movedTemporal }: { movedTemporal?: boolean }) => {
      const answer = await perform(reconcileOperation, session.context, { movedTemporal });
      tell({
        document: answer,
        text: ({ paint }) => textOf(answer, paint),
        exitCode: answer.unchecked.length === 0 ? exitCodes.ok : exitCodes.unreachable,
      });
    });

function textOf({ discrepancies, unchecked }: AnswerOf<typeof reconcileOperation>, paint: Paint): string {
  const missing = unchecked.map(({ part, reason }) => `${paint('red', part)} could not be checked: ${reason}`);
  const rows = discrepancies.map(({ part, model, text, outcome }) => [
    paint(colours[outcome], outcomes[outcome]),
    part,
    model ?? '',
    text,
  ]);
  const titles = ['', 'part', 'model', 'found'].map((title) => ({ title }));
  const table = rows.length === 0 ? [] : [renderTable(titles, rows, paint)];
  const advised = discrepancies.flatMap(({ advice }) => (advice === null ? [] : [advice]));
  const advice = advised.length === 0 ? [] : [`${paint('bold', 'To do')}\n${[...new Set(advised)].join('\n')}`];
  const agrees = unchecked.length === 0 ? 'Everything agrees with the ledger.' : 'The rest agrees with the ledger.';
  return [missing.join('\n'), ...(rows.length === 0 ? [agrees] : table), ...advice]
    .filter((part) => part !== '')
    .join('\n\n');
}

const outcomes: Readonly<Record<Discrepancy['outcome'], string>> = {
  repaired: 'repaired',
  recorded: 'new',
  known: 'known',
  found: 'found',
};
const colours = { repaired: 'green', recorded: 'yellow', known: 'dim', found: 'yellow' } as const;
