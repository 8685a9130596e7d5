import { Command, Option } from 'commander';
import { type AnswerOf, perform } from '../../operations/operation.ts';
import { pauseScheduleOperation, resumeScheduleOperation } from '../../operations/pauseSchedule.ts';
import { runNowOperation } from '../../operations/runNow.ts';
import { scheduleOperation } from '../../operations/schedule.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Paint } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import { formatTime } from '../render/times.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly all?: boolean;
  readonly reason?: string;
}

export const scheduleCommand = (session: Session, tell: Tell) =>
  new Command('schedule')
    .description('show when a model is retrained, and pause, resume or run it now')
    .argument('[model]', 'such as flight-delay; with --all the action comes first')
    .argument('[action]', 'pause, resume or run-now; without one the times are shown')
    .addOption(new Option('--all', 'every model that has a schedule: pause and resume only'))
    .option('--reason <text>', 'why; required with an action')
    .action(async (first: string | undefined, second: string | undefined, { all = false, reason }: Options) => {
      const [model, action] = all ? [null, first] : [first, second];
      if (model === undefined || (all && second !== undefined) || (all && action === undefined))
        throw errorOf('UsageInvalid', 'command', { problem: 'expected MODEL [ACTION], or --all ACTION' });
      if (action === undefined && model !== null) {
        const shown = await perform(scheduleOperation, session.context, { model });
        tell({ document: shown, text: ({ paint }) => textOf(shown, paint) });
        return;
      }
      if (reason === undefined) throw errorOf('UsageInvalid', 'command', { problem: 'expected --reason TEXT' });
      if (action === 'run-now' && model !== null) {
        const started = await perform(runNowOperation, session.context, { model, reason });
        tell({
          document: started,
          text: () => `${started.cycle} was started. To follow it: reign show ${started.cycle}`,
        });
        return;
      }
      const operation = { pause: pauseScheduleOperation, resume: resumeScheduleOperation }[action ?? ''];
      if (operation === undefined)
        throw errorOf('UsageInvalid', 'command', {
          problem: `found ${action}; expected pause${all ? ' or resume' : ', resume or run-now'}`,
        });
      const { changed, failed } = await perform(operation, session.context, { model, reason });
      const done = action === 'pause' ? 'paused' : 'resumed';
      const names = changed.length === 0 ? `nothing to do: ${done} already` : `${done}: ${changed.join(', ')}`;
      const notTaken = failed.map((each) => `not in Temporal: ${each.model}: ${each.reason}`);
      tell({
        document: { changed, failed },
        text: () => [...(changed.length > 0 || failed.length === 0 ? [names] : []), ...notTaken].join('\n'),
        exitCode: failed.length === 0 ? exitCodes.ok : exitCodes.unreachable,
      });
    });

function textOf(shown: AnswerOf<typeof scheduleOperation>, paint: Paint): string {
  const { model, schedule, retirement, paused, next, last } = shown;
  const heading =
    schedule === null
      ? `${paint('bold', model)} has no schedule.`
      : `${paint('bold', model)}: ${schedule.cron ?? `every ${schedule.interval}`} (${schedule.timeZone}), overlap ${schedule.overlap}, catchUp ${schedule.catchUp}`;
  const lines = [heading];
  if (retirement !== null)
    lines.push(
      `${paint('yellow', 'retired')} since ${formatTime(retirement.at)} by ${retirement.by}: ${retirement.reason}`,
    );
  if (paused !== null)
    lines.push(
      `${paint('yellow', 'paused')} since ${formatTime(paused.since)} by ${paused.by}${paused.reason === null ? '' : `: ${paused.reason}`}`,
    );
  if (next.length > 0) lines.push(`next: ${next.join(', ')}`);
  if (last.length === 0) return lines.join('\n');
  const titles = ['asOf', 'outcome', 'why'].map((title) => ({ title }));
  const rows = last.map(({ asOf, outcome, summary }) => [asOf, outcome, summary ?? '']);
  return [...lines, '', renderTable(titles, rows, paint)].join('\n');
}
