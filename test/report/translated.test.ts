import { expect, test } from 'vitest';
import { decide } from '../../gate/decide.ts';
import { type Language, translated } from '../../gate/say.ts';
import { cycleReport } from '../../report/cycle.ts';
import { reportMessages } from '../../report/messages.ts';
import type { Message } from '../../schemas/message.ts';
import { Message as MessageShape } from '../../schemas/message.ts';
import { releasedCycles } from './released.ts';

/** A language whose every word can be told from English: templates become their id in brackets, with the places kept. */
const other = Object.fromEntries(
  Object.entries(reportMessages).map(([id, template]) => [
    id,
    `<${[id, ...(template.match(/\{\w+\}/g) ?? [])].join(' ')}>`,
  ]),
);
const numbers: Language = {
  quantity: ({ value, unit }) => `${value}:${unit.replaceAll(' ', '_')}`,
  ranged: ({ estimate }) => `${estimate}`,
  metric: (metric) => metric,
  more: (count) => `+${count}`,
};

function* messagesIn(value: unknown): Generator<Message> {
  if (typeof value !== 'object' || value === null) return;
  if ('id' in value && 'text' in value) yield MessageShape.parse(value);
  for (const inner of Object.values(value)) yield* messagesIn(inner);
}

test('every message can be said in another language from its id and its values', async () => {
  const cycles = await releasedCycles();
  const ids = new Set<string>();
  for (const { cycle, evidence, policy } of cycles) {
    const judgement = {
      ...{ cycle: cycle.id, number: 1, epoch: 0, challenger: 1, champion: null, evidence: cycle.evidence ?? '' },
      ...{ verdict: decide(evidence, policy), judgedAt: cycle.startedAt },
    };
    for (const message of messagesIn(cycleReport({ cycle, judgements: [judgement], evidence, policy }))) {
      ids.add(message.id);
      const text = translated(message, other, numbers);
      expect(text.startsWith(`<${message.id}`), text).toBe(true);
    }
  }
  expect(ids.size).toBeGreaterThan(100);
});

test('without a template for a message a language is incomplete', () => {
  expect(() => translated({ id: 'nothing', values: {}, text: 'nothing measured' }, {}, numbers)).toThrow(
    'no template for the message nothing',
  );
});
