import type { Evidence } from '../../schemas/evidence.ts';
import { say } from '../messages.ts';
import { of } from '../say.ts';
import { type GateCheck, passedIf } from './gateCheck.ts';

/** Whether the two can be compared on something that both agree on. The first check that fails asks a person. */
export function* comparability({ champion, rows }: Evidence): Generator<GateCheck> {
  if (champion === null) return;
  yield {
    name: 'champion-scored',
    status: passedIf(champion.unscorable === null),
    measured:
      champion.unscorable === null ? say('champion-scored.measured') : say('reason', { reason: champion.unscorable }),
    required: say('champion-scored.required'),
    why: say('champion-scored.why'),
  };
  yield {
    name: 'same-labels',
    status: passedIf(rows.labelsDiffer === 0),
    measured: say('same-labels.measured', { rows: of(rows.labelsDiffer, 'count'), both: of(rows.inBoth, 'count') }),
    required: say('same-labels.required'),
    why: say('same-labels.why'),
    compared: [
      { what: 'brokenRows', measured: of(rows.labelsDiffer, 'row'), relation: 'equals', required: of(0, 'row') },
    ],
  };
}

/** Fails if both give the same predictions for every row: then a change gains nothing, whatever other checks say. */
export function* newAnswers({ champion, identical, rows }: Evidence): Generator<GateCheck> {
  if (champion === null) return;
  yield {
    name: 'new-answers',
    status: passedIf(!identical),
    measured: identical ? say('new-answers.same', { rows: of(rows.judged, 'count') }) : say('new-answers.differ'),
    required: say('new-answers.required'),
    why: say('new-answers.why'),
  };
}
