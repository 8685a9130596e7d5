import { createInterface } from 'node:readline/promises';

/** Asks the person at the terminal. The question goes to stderr: stdout is for answers. */
export async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // In raw mode the terminal makes no signal of Ctrl-C.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
