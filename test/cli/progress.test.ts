import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { Progress } from '../../cli/progress.ts';

function written(isTTY: boolean, env: NodeJS.ProcessEnv, use: (progress: Progress) => void): string {
  let text = '';
  const progress = new Progress({ isTTY, columns: 40, write: (more) => (text += more) }, env);
  use(progress);
  progress.end();
  return text;
}

const work = (progress: Progress) => {
  progress.at('extract', '100 rows');
  progress.at('extract', '200 rows');
  progress.say('a line that stays');
  progress.at('fit');
};

test('without a terminal: one line a step', () => {
  expect(written(false, {}, work)).toBe('extract\na line that stays\nfit\n');
});

test('on a terminal: one line that changes, is never longer than the screen, and is gone at the end', () => {
  const text = written(true, { NO_COLOR: '1' }, (progress) => {
    work(progress);
    progress.at('fit', 'x'.repeat(100));
  });
  expect(text.endsWith('\r\x1b[2K')).toBe(true);
  for (const line of stripVTControlCharacters(text).split(/[\r\n]/)) expect(line.length).toBeLessThan(40);
  expect(text).toContain('extract · 200 rows');
});

test('without a terminal: what is waited for is said at first and at growing intervals', () => {
  vi.useFakeTimers();
  try {
    const lines = written(false, {}, (progress) => {
      for (let second = 0; second < 3600; second++) {
        progress.at('plan', `attempt ${second + 2}, since: the warehouse does not answer`, true);
        vi.advanceTimersByTime(1000);
      }
      progress.at('plan', '');
      progress.at('plan', 'attempt 2, since: the warehouse does not answer', true);
    }).split('\n');
    const attempts = lines.map((line) => /^plan: attempt (\d+), since: the warehouse/.exec(line)?.[1]);
    // After 15, 30, 60, ... seconds, then every ten minutes; at once where it begins to wait anew.
    expect(attempts.filter((attempt) => attempt !== undefined).map(Number)).toEqual([
      2, 17, 47, 107, 227, 467, 947, 1547, 2147, 2747, 3347, 2,
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('without a terminal: a step that runs beside others is named once', () => {
  const lines = written(false, {}, (progress) => {
    progress.at('fit', '', false, ['observe']);
    progress.at('observe', '', false, ['fit']);
    progress.at('observe');
    progress.at('score');
  });
  expect(lines).toBe('fit\nobserve\nscore\n');
});
