import type { Check, Verdict } from '../../schemas/verdict.ts';

/** What these checks look at is not in a file of predictions. */
const unknown: Readonly<Record<string, string>> = {
  'distinct-versions': 'two columns of a file, not two versions',
  'unseen-rows': 'which rows the models were fitted on is not in the file',
  'unchosen-rows': 'which rows chose the champion is not in the file',
  'mature-labels': 'when the labels became known is not in the file',
  'no-leak': 'features are not in the file',
  rehearsal: 'nothing was served: the predictions are from a file',
  age: 'when the training rows end is not in the file',
};

/** The gate's verdict, with the checks that a file can say nothing about marked as not run. */
export function knownOfFile(verdict: Verdict): Verdict {
  const told = (check: Check): Check => {
    const measured = unknown[check.name];
    return measured === undefined || check.name === verdict.deciding ? check : { ...check, status: 'notRun', measured };
  };
  return { ...verdict, checks: verdict.checks.map(told) };
}
