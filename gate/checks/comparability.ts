import type { Evidence } from '../../schemas/evidence.ts';
import type { Check } from '../../schemas/verdict.ts';
import { count } from '../numbers.ts';

/** Whether there is something to compare that both sides agree on. The first that fails asks a person. */
export function* comparability({ champion, rows }: Evidence): Generator<Check> {
  if (champion === null) return;
  yield {
    name: 'champion-scored',
    status: champion.unscorable === null ? 'passed' : 'failed',
    measured: champion.unscorable ?? 'scored on the judged rows',
    required: 'the champion can be scored',
    why: 'Without its answers on the same rows nobody knows whether the challenger is better.',
  };
  yield {
    name: 'same-labels',
    status: rows.labelsDiffer === 0 ? 'passed' : 'failed',
    measured: `${count(rows.labelsDiffer)} of ${count(rows.inBoth)} rows have another label in the champion's query`,
    required: 'one label a row',
    why: 'Where two queries disagree about the truth, a person has to say which one holds.',
  };
}

/** Fails where both answer the same, row for row: then nothing is gained by changing, whatever the rest says. */
export function* newAnswers({ champion, identical, rows }: Evidence): Generator<Check> {
  if (champion === null) return;
  yield {
    name: 'new-answers',
    status: identical ? 'failed' : 'passed',
    measured: identical
      ? `both answer the same on all ${count(rows.judged)} rows: the champion in disguise`
      : 'the two answer differently',
    required: 'a challenger that answers otherwise than the champion',
    why: 'A champion in disguise changes nothing but the version.',
  };
}
