import { stripVTControlCharacters } from 'node:util';
import { CommanderError } from 'commander';
import type { ReignError } from '../schemas/errors.ts';
import type { Answer, Look } from './answer.ts';
import { exitCodeOf, exitCodes } from './exitCodes.ts';
import { createProgram } from './program.ts';
import { paintFor } from './render/style.ts';
import { Session, type Surroundings } from './session.ts';
import { toReignError } from './toReignError.ts';

/** Runs one command line (without `node` and the program's name) and gives its exit code. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr, env } = surroundings;
  const json = args.includes('--json');
  const look: Look = { paint: paintFor(stdout, env), width: stdout.columns ?? 100 };
  const session = new Session(surroundings);
  let exitCode: number = exitCodes.ok;

  const tell = (answer: Answer) => {
    session.progress.end();
    stdout.write(json ? `${JSON.stringify(answer.document, null, 2)}\n` : `${answer.text(look)}\n`);
    exitCode = answer.exitCode ?? exitCodes.ok;
  };
  try {
    const program = createProgram(session, tell, { stdout, stderr });
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const known = toReignError(error);
    session.progress.end();
    if (json) stdout.write(`${JSON.stringify(errorDocument(known), null, 2)}\n`);
    else stderr.write(errorText(known, { ...look, paint: paintFor(stderr, env) }));
    if (env.REIGN_DEBUG && known.cause instanceof Error) stderr.write(`${known.cause.stack}\n`);
    return known.exitCode ?? exitCodeOf(known.code);
  } finally {
    await session.close().catch(() => {});
  }
}

type Told = ReignError & { readonly exitCode?: number; readonly lines?: readonly string[] };

const errorDocument = ({ code, message, advice, lines }: Told) => ({
  error: { code, message, advice, ...(lines === undefined ? {} : { traceback: lines }) },
});

/** `error[Code]: message`, and what to do. */
function errorText({ code, message, advice, lines }: Told, { paint }: Look): string {
  // A message may quote a file or a server: no control character of theirs reaches the terminal.
  const clean = (text: string) => stripVTControlCharacters(text).replaceAll(/[^\P{Cc}\n\t]/gu, '');
  const [first = '', ...more] = clean(message).split('\n');
  // Several problems stand below each other, each whole, so that editors and grep find them.
  const body = more.length === 0 ? ` ${first}` : `\n${[first, ...more].join('\n')}`;
  const traceback = (lines ?? []).map((line) => `  ${clean(line)}\n`).join('');
  return `${paint('red', `error[${code}]:`)}${body}\n${traceback}${paint('dim', advice)}\n`;
}
