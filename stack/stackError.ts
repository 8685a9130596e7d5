import { ReignError } from '../schemas/errors.ts';

/** The embedded stack cannot start or go on; the message is one line that says why and what to do. */
export class StackError extends ReignError {
  constructor(message: string) {
    super('StackFailed', message);
  }
}
