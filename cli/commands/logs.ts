import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { Command } from 'commander';
import { errorOf } from '../../schemas/errors.ts';
import { nearest } from '../../schemas/nearest.ts';
import { type Home, homeOf, shown } from '../../settings/home.ts';
import type { Look, Tell } from '../answer.ts';
import { LogTail } from '../logTail.ts';
import { wholeNumber } from '../numberArguments.ts';
import type { Session } from '../session.ts';

const pollMilliseconds = 300;

interface ShownLog {
  readonly part: string;
  readonly file: string;
  readonly lines: readonly string[];
}

export const logsCommand = (session: Session, tell: Tell) =>
  new Command('logs')
    .description('show the logs of the embedded servers, the worker and the trainer')
    .argument('[part]', 'such as worker, trainer or mlflow; default: every part')
    .option('--lines <n>', 'how many lines to show from the end of each log', wholeNumber, 20)
    .option('--follow', 'also show new lines as they are written, until Ctrl-C')
    .action(async (part: string | undefined, { lines, follow, json }: LogsOptions) => {
      if (follow === true && json === true) throw errorOf('UsageInvalid', 'followJson');
      const { env, interrupted, stdout } = session.surroundings;
      const logs = logsIn(homeOf(env), part).map((log) => ({ ...log, tail: new LogTail(log.file) }));
      const begun = logs.map(({ part, file, tail }) => ({ part, file, lines: tail.last(lines) }));
      tell({ document: { logs: begun }, text: (look) => textOf(begun, look) });
      if (follow !== true) return;
      session.endsItself = true;
      const width = Math.max(...logs.map((log) => log.part.length));
      while (!interrupted.aborted) {
        for (const { part, tail } of logs) {
          const name = logs.length === 1 ? '' : `${part.padEnd(width)}  `;
          for (const line of tail.more()) stdout.write(`${name}${clean(line)}\n`);
        }
        await sleep(pollMilliseconds, undefined, { signal: interrupted }).catch(() => {});
      }
    });

interface LogsOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Of one part, or of all. What a log grew out of (`worker.log.1`) is not shown. */
function logsIn({ logs, folder }: Home, wanted: string | undefined): Omit<ShownLog, 'lines'>[] {
  const found = filesIn(logs)
    .filter((name) => name.endsWith('.log'))
    .map((name) => ({ part: name.slice(0, -'.log'.length), file: join(logs, name) }));
  const parts = found.map(({ part }) => part);
  if (parts.length === 0) throw errorOf('UsageInvalid', 'noLogs', { home: shown(folder) });
  if (wanted === undefined) return found;
  const one = found.filter(({ part }) => part === wanted);
  if (one.length > 0) return one;
  const meant = nearest(wanted, parts);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  throw errorOf('UsageInvalid', 'logUnknown', { part: JSON.stringify(wanted), hint, parts: parts.join(', ') });
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

const textOf = (logs: readonly ShownLog[], { paint }: Look): string =>
  logs
    .map(({ part, file, lines }) => {
      const head = logs.length === 1 ? [] : [`${paint('bold', part)}  ${paint('dim', shown(file))}`];
      return [...head, ...lines.map(clean)].join('\n');
    })
    .join('\n\n');

/** What was logged may quote anything: no control character of it reaches the terminal. */
const clean = (line: string): string => stripVTControlCharacters(line).replaceAll(/[^\P{Cc}\t]/gu, '');
