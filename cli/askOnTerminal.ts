import { createInterface } from 'node:readline/promises';
import { errorOf } from '../schemas/errors.ts';

/** Where a person reads and types. */
interface PersonsTerminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks the person at the terminal. The question goes to stderr: stdout is for answers.
 *
 * @throws ReignError Interrupted where the person ends the input (Ctrl-D) instead of answering
 */
export async function askOnTerminal(
  question: string,
  { input, output }: PersonsTerminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  const terminal = createInterface({ input, output });
  // In raw mode the terminal makes no signal of Ctrl-C.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const { promise: closed, reject: end } = Promise.withResolvers<never>();
  // Without this, the question would stay open for ever and Node would end with a code of its own.
  const onClose = (): void => {
    output.write('\n');
    end(errorOf('Interrupted', 'command'));
  };
  terminal.once('close', onClose);
  try {
    return await Promise.race([terminal.question(question), closed]);
  } finally {
    terminal.off('close', onClose);
    terminal.close();
  }
}
