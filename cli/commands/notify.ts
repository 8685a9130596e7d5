import { Command } from 'commander';
import { notifyListOperation } from '../../operations/notify/list.ts';
import { notifyRetryOperation } from '../../operations/notify/retry.ts';
import { notifyTestOperation } from '../../operations/notify/test.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { renderTable } from '../render/table.ts';
import { formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

export const notifyCommand = (session: Session, tell: Tell) =>
  new Command('notify')
    .description('test endpoints for notifications, and list or retry what has not arrived')
    .addCommand(testCommand(session, tell))
    .addCommand(listCommand(session, tell))
    .addCommand(retryCommand(session, tell));

const testCommand = (session: Session, tell: Tell) =>
  new Command('test')
    .description(notifyTestOperation.description)
    .argument('<endpoint>', 'its name')
    .action(async (endpoint: string) => {
      const answer = await perform(notifyTestOperation, session.context, { endpoint });
      tell({ document: answer, text: () => `${answer.endpoint} took the test ${answer.id}.` });
    });

const listCommand = (session: Session, tell: Tell) =>
  new Command('list').description(notifyListOperation.description).action(async () => {
    const answer = await perform(notifyListOperation, session.context, {});
    const titles = ['id', 'event', 'model', 'endpoint', 'at', 'tries', 'next try', 'why'].map((title) => ({ title }));
    const rows = answer.notifications.map(({ id, event, model, endpoint, at, tries, nextTryAt, reason }) => [
      ...[id, event, model, endpoint, formatTime(at), String(tries)],
      nextTryAt === null ? 'given up' : formatTime(nextTryAt),
      reason ?? '',
    ]);
    tell({
      document: answer,
      text: ({ paint }) => (rows.length === 0 ? 'Every notification has arrived.' : renderTable(titles, rows, paint)),
    });
  });

const retryCommand = (session: Session, tell: Tell) =>
  new Command('retry')
    .description(notifyRetryOperation.description)
    .argument('[id]', 'which one; default: all that `reign notify list` shows')
    .action(async (id: string | undefined) => {
      const answer = await perform(notifyRetryOperation, session.context, id === undefined ? {} : { id });
      const { length } = answer.ids;
      const many = length === 1 ? '1 notification is' : `${length} notifications are`;
      tell({ document: answer, text: () => `${many} sent again as soon as a worker runs.` });
    });
