import { ReignError } from '../schemas/errors.ts';

/** A try that failed, with the lines of the author's code that it failed in. */
export class TryFailed extends ReignError {
  readonly traceback: readonly string[];

  /** @param failure what went wrong: its situation, values and place are those of the try */
  constructor(failure: ReignError, traceback: readonly string[], options?: ErrorOptions) {
    const { code, message, situation, values, place } = failure;
    super(code, message, { ...options, ...(situation === null ? {} : { situation }), values, place });
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
