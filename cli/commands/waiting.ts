import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { waitingOperation } from '../../operations/waiting.ts';
import type { Tell } from '../answer.ts';
import { renderTable } from '../render/table.ts';
import { formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

export const waitingCommand = (session: Session, tell: Tell) =>
  new Command('waiting')
    .description(waitingOperation.description)
    .option('--model <model>', 'only the cycles of one model')
    .action(async ({ model }: { model?: string }) => {
      const answer = await perform(waitingOperation, session.context, model === undefined ? {} : { model });
      const titles = ['cycle', 'waits for', 'since', 'until', 'why'].map((title) => ({ title }));
      const rows = answer.cycles.map(({ id, waitsFor, question, summary, asOf, startedAt }) => {
        // A challenge waits from its begin until its asOf has passed.
        const [since, until] =
          waitsFor === 'data' ? [startedAt, asOf] : [question?.askedAt ?? '', question?.until ?? ''];
        const whatFor = waitsFor === 'person' ? whom(question?.approvers ?? []) : things[waitsFor ?? 'fault'];
        return [id, whatFor, formatTime(since), formatTime(until), question?.verdict ?? summary ?? ''];
      });
      rows.push(
        ...answer.proposals.map(({ id, at, version, reason }) => [
          id,
          'anybody',
          formatTime(at),
          '',
          `Roll back to v${version}? ${reason}`,
        ]),
      );
      tell({
        document: answer,
        text: ({ paint }) => (rows.length === 0 ? 'No cycle waits.' : renderTable(titles, rows, paint)),
      });
    });

const things = { person: 'a person', turn: 'its turn', data: 'rows', fault: 'a fault' } as const;

const whom = (approvers: readonly string[]): string => (approvers.length === 0 ? 'anybody' : approvers.join(' or '));
