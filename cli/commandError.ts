import { type ErrorCode, ReignError } from '../schemas/errors.ts';

/** An error that ends a command with an exit code of its own, and may show lines of the author's code. */
export class CommandError extends ReignError {
  readonly exitCode: number;
  readonly traceback: readonly string[];
  constructor(
    code: ErrorCode,
    message: string,
    { exitCode, traceback = [], cause }: { exitCode: number; traceback?: readonly string[]; cause?: unknown },
  ) {
    super(code, message, { cause });
    this.exitCode = exitCode;
    this.traceback = traceback;
  }
  override get advice(): string {
    if (this.traceback.length === 0) return super.advice;
    // Where the author's lines are shown there is nothing more to look for.
    return this.traceback.some((line) => line.startsWith('  File "'))
      ? 'Correct these lines and try again.'
      : 'A library raised this below none of your own lines: check the step that the error names, and the rows that reach it.';
  }
}
