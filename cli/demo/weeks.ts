import { join } from 'node:path';
import { Temporal } from '@js-temporal/polyfill';
import { formatInstant } from '../../schemas/durations.ts';

const folder = join(import.meta.dirname, '../../examples/flights');

/** The model whose weeks the demo shows. */
export const model = 'flight-delay';
export const definitions = [join(folder, 'flight-delay.yaml'), join(folder, 'flight-delay-linear.yaml')];

/** The flights end with June 2001. */
export const mostWeeks = 20;

/** Mondays from 12 February 2001: before that the data do not fill four weeks of training and two of holdout. */
export function weeklyAsOfs(weeks: number): string[] {
  const first = Temporal.Instant.from('2001-02-12T00:00:00Z');
  return Array.from({ length: weeks }, (_, week) => formatInstant(first.add({ hours: week * 7 * 24 })));
}
