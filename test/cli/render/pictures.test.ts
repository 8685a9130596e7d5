import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intervalLine } from '../../../cli/render/intervalLine.ts';
import { horizontalBar, sparkline } from '../../../cli/render/sparkline.ts';
import { renderTable } from '../../../cli/render/table.ts';
import { wrap } from '../../../cli/render/wrap.ts';
import { formatDifference, formatInterval, formatMetric } from '../../../gate/numbers.ts';
import { day } from '../../../report/day.ts';
import { elapsed } from '../../../report/elapsed.ts';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });

describe('sparkline', () => {
  test.each([
    [[1, 2, 3, null, 8], '▁▂▃·█'],
    [[5, 5], '▅▅'],
    [[], ''],
    [[null], '·'],
  ])('%j -> %s', (values, picture) => {
    expect(sparkline(values)).toBe(picture);
  });

  test('keeps the order: a larger value is never drawn lower', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 30 }), (values) => {
        const picture = Array.from(sparkline(values));
        expect(picture.length).toBe(values.length);
        for (const [one, a] of values.entries())
          for (const [other, b] of values.entries())
            if (a <= b) expect((picture[one] ?? '') <= (picture[other] ?? '')).toBe(true);
      }),
    );
  });

  test('a bar reaches from one block to the whole width', () => {
    expect([1, 2, 3].map((value) => horizontalBar(value, [1, 2, 3], 5).length)).toEqual([1, 3, 5]);
    expect(horizontalBar(null, [1], 5)).toBe('');
  });
});

describe('interval on a line', () => {
  test.each([
    [{ estimate: 0.5, low: 0.25, high: 1 }, '────────────┊──├━━●━━━━━┤', 25],
    [{ estimate: 0, low: -1, high: 1 }, '├━━━━●━━━━┤', 11],
    [{ estimate: -1, low: null, high: null }, '●────┊─────', 11],
    [{ estimate: 0, low: null, high: null }, '─────●─────', 11],
  ])('%j', (bounds, picture, width) => {
    expect(intervalLine(bounds, { width })).toBe(picture);
  });

  test('always as wide, its bounds on their own side of zero', () => {
    fc.assert(
      fc.property(fc.tuple(finite, finite, finite), (numbers) => {
        const [low = 0, estimate = 0, high = 0] = [...numbers].sort((a, b) => a - b);
        const picture = intervalLine({ low, estimate, high });
        expect(picture.length).toBe(31);
        if (low > 0) expect(picture.slice(0, 15)).toBe('─'.repeat(15));
        if (high < 0) expect(picture.slice(16)).toBe('─'.repeat(15));
      }),
    );
  });
});

describe('numbers', () => {
  test.each([
    [0.70123, '0.7012'],
    [12.3456, '12.35'],
    [1234.5, '1235'],
    [null, '-'],
  ])('metric %d -> %s', (value, text) => expect(formatMetric(value)).toBe(text));

  test.each([
    [0.0061, '+0.0061'],
    [-0.00001234, '-0.000012'],
    [0, '0'],
    [12.34567, '+12.35'],
    [null, '-'],
  ])('difference %d -> %s', (value, text) => expect(formatDifference(value)).toBe(text));

  test('the sign of a difference is never lost', () => {
    fc.assert(
      fc.property(
        finite.filter((value) => value !== 0),
        (value) => {
          expect(Math.sign(Number(formatDifference(value)))).toBe(Math.sign(value));
        },
      ),
    );
  });

  test('an interval whose bounds cannot be told', () => {
    expect(formatInterval({ estimate: 0.1, low: null, high: null })).toBe('+0.1000');
    // One interval has one number of decimals, and no bound looks like zero.
    expect(formatInterval({ estimate: -0.0195, low: -0.0392, high: 0.0002 })).toBe('-0.0195 [-0.0392, +0.0002]');
    expect(formatInterval({ estimate: 0.02, low: 0.00003, high: 0.04 })).toBe('+0.02000 [+0.00003, +0.04000]');
    expect(formatInterval({ estimate: 0.00015, low: -0.0001, high: 0.0004 })).toBe('+0.00015 [-0.00010, +0.00040]');
    expect(formatInterval({ estimate: -706.2, low: -800, high: -0.5 })).toBe(
      '-706.2 [-800.0, -0.5]'.replaceAll(/(\.\d)/g, '$10'),
    );
  });
});

test('tables align what is seen, and leave out columns without any text', () => {
  expect(
    renderTable(
      [{ title: 'a' }, { title: 'empty' }, { title: 'n', align: 'right' }],
      [
        ['x', '', '1'],
        ['\x1b[31mlong\x1b[39m', '', '100'],
      ],
    ),
  ).toBe('a       n\nx       1\n\x1b[31mlong\x1b[39m  100');
});

test('a wide character takes two places and a combined one takes one, in tables and in wrapped text', () => {
  const rows = [
    ['東京', '1'],
    ['e\u0301t\u0301', '2'],
    ['👩‍👩‍👧', '3'],
  ];
  expect(renderTable([{ title: 'city' }, { title: 'n' }], rows)).toBe(
    'city  n\n東京  1\ne\u0301t\u0301    2\n👩‍👩‍👧    3',
  );
  expect(wrap('東京 大阪 kyoto', 9)).toEqual(['東京 大阪', 'kyoto']);
  expect(wrap('東京 大阪', 8)).toEqual(['東京', '大阪']);
  expect(wrap('東京大阪京都', 8, { hard: true })).toEqual(['東京大阪', '京都']);
});

test('times', () => {
  expect(day('2001-02-12T00:00:00Z')).toBe('2001-02-12');
  expect(day('2001-02-12T06:00:00Z')).toBe('2001-02-12T06:00:00Z');
  expect(elapsed('2026-01-01T00:00:00.000Z', '2026-01-01T01:02:03.000Z')).toBe('1 h 2 min');
});
