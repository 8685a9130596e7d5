import { expect, test } from 'vitest';
import { renderVerdictTable } from '../../../cli/render/verdictTable.ts';
import { cycle, measured } from './cycles.ts';

const first = cycle({
  asOf: '2001-02-12T00:00:00Z',
  challenger: 1,
  champion: null,
  primary: { ...measured, challenger: 0.6851, champion: null, difference: 0.1851, low: 0.17, high: 0.2 },
});
const failed = cycle({
  asOf: '2001-02-26T06:00:00Z',
  status: 'failed',
  verdict: null,
  challenger: null,
  champion: null,
  primary: null,
  failure: { code: 'WindowEmpty', message: '', advice: '', step: 'inspect', traceback: null },
});
const kept = cycle({
  asOf: '2001-03-05T00:00:00Z',
  status: 'kept',
  verdict: 'keep',
  challenger: 3,
  champion: 2,
  primary: { ...measured, challenger: 0.6902, champion: 0.69021, difference: -0.00001, low: null, high: null },
});

test('verdicts one a line, with a small picture of the metric', () => {
  expect(renderVerdictTable([first, cycle(), failed, kept])).toMatchInlineSnapshot(`
    "asOf                  status    verdict      version  against  ROC AUC  champion  difference [95 %]
    2001-02-12            promoted  promote           v1  trivial   0.6851            +0.1851 [+0.1700, +0.2000]  █
    2001-02-19            promoted  promote           v2       v1   0.7012    0.6951  +0.0061 [+0.0040, +0.0083]  ██████████
    2001-02-26T06:00:00Z  failed    WindowEmpty
    2001-03-05            kept      keep              v3       v2   0.6902    0.6902  -0.000010                   ████

    ROC AUC of the challengers  ▁█·▃  0.6851 to 0.7012"
  `);
});

test('one cycle that runs', () => {
  const running = cycle({
    status: 'running',
    verdict: null,
    challenger: null,
    champion: null,
    primary: null,
    endedAt: null,
  });
  expect(renderVerdictTable([running])).toMatchInlineSnapshot(`
    "asOf        status
    2001-02-19  running"
  `);
});

test('what decided stands beside the verdict, and the definition version where there are several', () => {
  const second = cycle({ ...kept, id: 'second', definitionVersion: 2 });
  const lines = (cycles: Parameters<typeof renderVerdictTable>[0]) =>
    renderVerdictTable(cycles, undefined, new Map([['second', 'guardrail-log_loss']])).split('\n');
  const [titles, , line] = lines([kept, second]);
  expect(titles).toMatch(/^asOf +definition +status +verdict +decided by/);
  expect(line).toMatch(/^2001-03-05 +v2 +kept +keep +guardrail-log_loss +v3/);
  expect(lines([second])[0]).not.toContain('definition');
});
