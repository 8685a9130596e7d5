import { parseInstant } from '../schemas/durations.ts';
import { errorOf } from '../schemas/errors.ts';

/** An asOf as a person gives it. Throws AsOfInvalid. */
export function parseAsOf(text: string): string {
  try {
    return parseInstant(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const found = JSON.stringify(text.slice(0, 60));
    throw errorOf(
      'AsOfInvalid',
      'notAnInstant',
      { found },
      {
        cause: error,
      },
    );
  }
}
