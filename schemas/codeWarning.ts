import type { CodeWarning } from './payloads.ts';

/**
 * A warning in one line: `fit: UserWarning at sklearn/calibration.py:372: Since … does not appear to accept sample_weight`.
 *
 * @param warning as the trainer kept it
 */
export function describeCodeWarning({ category, text, place, during, count }: CodeWarning): string {
  const said = text === '' ? 'its text may quote rows and was not kept' : text;
  const times = count > 1 ? ` (${count} times)` : '';
  return `${during}: ${category} at ${place}: ${said}${times}`;
}
