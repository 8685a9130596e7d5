import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differencePicture } from '../../../cli/render/differencePicture.ts';
import { interval } from '../../gate/evidence.ts';

const marks = [
  { sign: 'M', value: -0.005, meaning: 'margin' },
  { sign: 'W', value: 0.01, meaning: 'worth having' },
];

test('deciding bounds above, 95 % below, marks under both', () => {
  const shown = interval(0.02, 0.01, 0.03, { decidingLow: 0.005, decidingHigh: 0.035, alpha: 0.001 });
  expect(differencePicture(shown, marks, { width: 80 })).toMatchInlineSnapshot(`
    "decides  ────┊──├━━━━━━━━━━●━━━━━━━━━━┤  +0.0200 [+0.0050, +0.0350]  alpha 0.001
    95 %     ────┊──────├━━━━━━●━━━━━━┤────  +0.0200 [+0.0100, +0.0300]
             M   0      W
    M -0.0050 margin   0 no difference   W +0.0100 worth having"
  `);
});

const value = fc.double({ noNaN: true, noDefaultInfinity: true, min: -5, max: 5 });

test('whatever is drawn: zero and every mark stand in the order of their values, and the line keeps its width', () => {
  fc.assert(
    fc.property(value, fc.tuple(value, value, value, value), value, value, (estimate, bounds, margin, wanted) => {
      const [a = 0, b = 0, c = 0, d = 0] = [...bounds].sort((x, y) => x - y);
      const shown = interval(estimate, b, c, { decidingLow: a, decidingHigh: d });
      const given = [
        { sign: 'M', value: margin, meaning: 'margin' },
        { sign: 'W', value: wanted, meaning: 'worth having' },
      ];
      const [decides = '', drawn = '', ...below] = differencePicture(shown, given, { width: 80 }).split('\n');
      const lengthOf = (line: string) => Array.from(line.slice(9)).indexOf(' ');
      expect(lengthOf(decides)).toBe(lengthOf(drawn));
      const signLines = below.slice(
        0,
        below.findIndex((line) => line.includes('no difference')),
      );
      const placeOf = (sign: string) => Math.max(...signLines.map((line) => line.indexOf(sign)));
      const [zero, m, w] = ['0', 'M', 'W'].map(placeOf) as [number, number, number];
      for (const place of [zero, m, w]) expect(place).toBeGreaterThanOrEqual(9);
      if (margin < wanted) expect(m).toBeLessThanOrEqual(w);
      if (margin < 0) expect(m).toBeLessThanOrEqual(zero);
      if (wanted > 0) expect(w).toBeGreaterThanOrEqual(zero);
    }),
  );
});

test('bounds that are not known are not drawn', () => {
  const [decides, , ...below] = differencePicture(interval(0, null, null), []).split('\n');
  expect(decides).toMatch(/^decides {2}─+●─+ {2}0 {2}alpha 0\.025$/);
  expect(below.join('')).toContain('0 no difference');
});
