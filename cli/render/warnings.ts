import { type Paint, plain } from './style.ts';
import { hang } from './wrap.ts';

const label = 'warning';

/** Warnings, one below the other; empty where there are none. */
export function renderWarnings(warnings: readonly string[], paint: Paint = plain, width = 100): string {
  return warnings.map((text) => `${paint('yellow', label)}  ${hang(text, width, label.length + 2)}`).join('\n');
}
