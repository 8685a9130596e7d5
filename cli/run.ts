import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { CommanderError } from 'commander';
import { TryFailed } from '../operations/tryFailed.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import type { Answer, Look } from './answer.ts';
import { wantedCommand } from './commandList.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { createProgram } from './program.ts';
import { type Paint, paintFor } from './render/style.ts';
import type { Session, Surroundings } from './session.ts';

/** Runs one command line (without `node` and the program's name) and gives its exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, env } = surroundings;
  const json = args.includes('--json');
  const look: Look = { paint: paintFor(stdout, env), width: stdout.columns ?? 100 };
  const wanted = wantedCommand(args);
  // Loaded while the command is: without one, nothing but the help is needed.
  const [session, makeCommand] = await Promise.all([wanted && openSession(surroundings), wanted?.load()]);
  let exitCode: number = exitCodes.ok;

  const tell = (answer: Answer) => {
    session?.progress.end();
    stdout.write(json ? `${JSON.stringify(answer.document, null, 2)}\n` : `${answer.text(look)}\n`);
    exitCode = answer.exitCode ?? exitCodes.ok;
  };
  try {
    const command = session && makeCommand?.(session, tell);
    const program = createProgram(command, { stdout, stderr });
    // Without a command: what there is.
    const given = args.length === 0 ? ['--help'] : [...args];
    await Promise.race([program.parseAsync(given, { from: 'user' }), ...(session ? [interruption(session)] : [])]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const known = error instanceof CommanderError ? usageError(error) : await knownError(error);
    session?.progress.end();
    if (json) stdout.write(`${JSON.stringify(errorDocument(known), null, 2)}\n`);
    else stderr.write(errorText(known, paintFor(stderr, env)));
    if (env.REIGN_DEBUG && known.cause instanceof Error) stderr.write(`${known.cause.stack}\n`);
    return exitCodeOfError(known);
  } finally {
    // A connection that is still being tried is not waited for.
    await Promise.race([session?.close().catch(() => {}), sleep(graceMilliseconds, undefined, { ref: false })]);
  }
}

async function openSession(surroundings: Surroundings): Promise<Session> {
  const { Session } = await import('./session.ts');
  return new Session(surroundings);
}

/** Any error as one of the catalogue. Which errors Temporal's client throws is looked up only for one that is not. */
async function knownError(error: unknown): Promise<ReignError> {
  if (error instanceof ReignError) return error;
  const { toReignError } = await import('../operations/toReignError.ts');
  return toReignError(error);
}

/** The try itself failed; that something could not be reached stays what it is. */
function exitCodeOfError(error: ReignError): number {
  const code = exitCodeOf(error.code);
  return error instanceof TryFailed && code === exitCodes.badInput ? exitCodes.cycleFailed : code;
}

/** What Commander says about a command line, as an error of the catalogue. */
const usageError = (error: CommanderError) =>
  errorOf(
    'UsageInvalid',
    'command',
    { problem: error.message.replace(/^error: /, '').replaceAll('\n', ' ') },
    { cause: error },
  );

/** How long a command may take to end by itself, with words of its own, after Ctrl-C. */
const graceMilliseconds = 500;

/** Fails some time after Ctrl-C, unless the command sees to it itself. */
function interruption(session: Session): Promise<never> {
  const { interrupted } = session.surroundings;
  return new Promise((_resolve, reject) => {
    const end = () => {
      if (session.endsItself) return;
      setTimeout(() => reject(errorOf('Interrupted', 'command')), graceMilliseconds).unref();
    };
    if (interrupted.aborted) end();
    else interrupted.addEventListener('abort', end, { once: true });
  });
}

const errorDocument = (error: ReignError) => {
  const { code, situation, values, place, message, advice } = error;
  const lines = tracebackOf(error);
  return {
    error: { code, situation, values, place, message, advice, ...(lines.length === 0 ? {} : { traceback: lines }) },
  };
};

const tracebackOf = (error: ReignError) => (error instanceof TryFailed ? error.traceback : []);

/** `error[Code]: message`, and what to do. */
function errorText(error: ReignError, paint: Paint): string {
  const { code, message, advice } = error;
  // A message may quote a file or a server: no control character of theirs reaches the terminal.
  const clean = (text: string) => stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
  const [first = '', ...more] = clean(message).split('\n');
  // Several problems stand below each other, each whole, so that editors and grep find them.
  const body = more.length === 0 ? ` ${first}` : `\n${[first, ...more].join('\n')}`;
  const traceback = tracebackOf(error)
    .map((line) => `  ${clean(line)}\n`)
    .join('');
  return `${paint('red', `error[${code}]:`)}${body}\n${traceback}${paint('dim', advice)}\n`;
}
