import { expect, test } from 'vitest';
import { few, listed, of, speaker, titleOf } from '../../gate/say.ts';

const say = speaker({ bare: 'nothing', full: '{a} and {b}', list: '{items}' });

test('a message holds its id, its values and the English sentence', () => {
  expect(say('full', { a: of(1, 'row'), b: of(0.125, 'share') })).toEqual({
    id: 'full',
    values: { a: { value: 1, unit: 'row' }, b: { value: 0.125, unit: 'share' } },
    text: '1 row and 12.5 %',
  });
  expect(say('bare').text).toBe('nothing');
});

test('what a value holds is never taken for a place', () => {
  expect(say('full', { a: '{b}', b: '{a}' }).text).toBe('{b} and {a}');
});

test('values by their units, messages within messages, and the first few of many', () => {
  const said = (value: Parameters<typeof of>[0], unit: Parameters<typeof of>[1]) =>
    say('list', { items: of(value, unit) }).text;
  expect(said(1204, 'count')).toBe('1,204');
  expect(said(1204, 'plain')).toBe('1204');
  expect(said(0.01, 'difference')).toBe('+0.0100');
  expect(said(7, 'broken score')).toBe('7 broken scores');
  expect(say('list', { items: titleOf('log_loss') }).text).toBe('log loss');
  expect(say('list', { items: listed([say('bare'), 'b'], '; ') }).text).toBe('nothing; b');
  expect(say('list', { items: few(['a', 'b', 'c', 'd', 'e'], 2) }).text).toBe('a, b and 3 more');
  const ranged = { estimate: 0.02, low: 0.01, high: 0.03, signed: true };
  expect(say('list', { items: ranged }).text).toBe('+0.0200 [+0.0100, +0.0300]');
  expect(say('list', { items: { ...ranged, signed: false, digits: 2 } }).text).toBe('0.02 [0.01, 0.03]');
});
