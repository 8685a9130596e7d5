import { InvalidArgumentError } from 'commander';

/** An option's value that counts something. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number above zero');
  return Number(text);
}
