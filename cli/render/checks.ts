import type { JudgementReport, ReportedCheck } from '../../schemas/report.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { type Paint, plain, verdictFormats } from './style.ts';
import { hang } from './wrap.ts';

export const marks: Record<CheckStatus, string> = { passed: '✓', failed: '✗', unknown: '?', noted: '•', notRun: '–' };
export const checkFormats = {
  passed: 'green',
  failed: 'red',
  unknown: 'yellow',
  noted: 'cyan',
  notRun: 'dim',
} as const;

/**
 * The verdict with what led to it, in the order of weight; the check that decided is marked. What was required stands with
 * every check that was made, why it is there with those where that matters.
 */
export function renderChecks(
  { kind, checks }: NonNullable<JudgementReport['verdict']>,
  paint: Paint = plain,
  width = 100,
): string {
  const lines = checks.map((check) => renderCheck(check, paint, width));
  return [`verdict  ${paint(verdictFormats[kind], kind)}`, ...lines].join('\n');
}

function renderCheck(check: ReportedCheck, paint: Paint, width: number): string {
  const { name, status, decided, measured, required, why } = check;
  const title = decided ? `${name} (decided)` : name;
  const [first = '', ...more] = hang(`${title}: ${measured}`, width, 2).split('\n');
  // Painted after the breaking: a name is never broken.
  const head = decided ? first.replace(title, () => paint('bold', title)) : first;
  const matters = decided || status === 'failed' || status === 'unknown';
  const below = [
    ...(status === 'noted' || status === 'notRun' ? [] : [`required: ${required}`]),
    ...(matters || status === 'noted' ? [why] : []),
  ].filter((text) => text !== '');
  return [
    `${paint(checkFormats[status], marks[status])} ${head}`,
    ...more,
    ...below.flatMap((text) => `    ${hang(text, width, 4)}`.split('\n').map((line) => paint('dim', line))),
  ].join('\n');
}
