import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogTail } from '../../../cli/logTail.ts';
import { run } from '../../../cli/run.ts';
import { runCommand } from '../runCommand.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'reign-logs-'));
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/worker.log'), 'one\n\x1b[31mtwo\x1b[0m\nthree\n');
  writeFileSync(join(home, 'logs/trainer.log'), 'fits\n');
  writeFileSync(join(home, 'logs/trainer.log.1'), 'older\n');
});
afterEach(() => rmSync(home, { recursive: true }));

const logs = (...args: string[]) => runCommand(['logs', ...args], { env: { REIGN_HOME: home } });

test('the end of one log, or of all, without what would colour the terminal', async () => {
  expect(await logs('worker', '--lines', '2')).toMatchObject({ code: 0, stdout: 'two\nthree\n' });
  const all = await logs();
  expect(all.stdout).toMatch(/^trainer .*\nfits\n\nworker .*\none\ntwo\nthree\n$/);
  expect((await logs('trainer', '--json')).json()).toEqual({
    logs: [{ part: 'trainer', file: join(home, 'logs/trainer.log'), lines: ['fits'] }],
  });
});

test('a part without a log, and a home without any', async () => {
  const typo = await logs('workr', '--json');
  expect([typo.code, typo.json()]).toMatchObject([
    2,
    { error: { message: 'there is no log of "workr" (did you mean worker?). The logs are: trainer, worker' } },
  ]);
  rmSync(join(home, 'logs'), { recursive: true });
  expect((await logs()).stderr).toContain('there are no logs in');
  expect((await logs('--follow', '--json')).code).toBe(2);
});

test('--follow shows what is written until Ctrl-C', async () => {
  const stop = new AbortController();
  let stdout = '';
  const running = run(['logs', '--follow'], {
    env: { REIGN_HOME: home },
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: () => {} },
    now: () => new Date(),
    interrupted: stop.signal,
    hurried: new AbortController().signal,
    openPython: () => {
      throw new Error('no program is run');
    },
  });
  await expect.poll(() => stdout).toContain('three\n');
  appendFileSync(join(home, 'logs/worker.log'), 'later\n');
  await expect.poll(() => stdout).toMatch(/three\nworker {3}later\n$/);
  stop.abort();
  expect(await running).toBe(0);
});

test('a tail gives whole lines once, also of a log that was begun anew', () => {
  const file = join(home, 'logs/worker.log');
  const tail = new LogTail(file);
  expect(tail.last(1)).toEqual(['three']);
  expect(tail.more()).toEqual([]);
  appendFileSync(file, 'four\nfi');
  expect(tail.more()).toEqual(['four']);
  appendFileSync(file, 've\n');
  expect(tail.more()).toEqual(['five']);
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'anew\n');
  expect(tail.more()).toEqual(['anew']);
});

test('a last line without a newline is shown, and so is what was written just before a log was begun anew', async () => {
  const file = join(home, 'logs/worker.log');
  appendFileSync(file, 'Killed');
  expect((await logs('worker', '--lines', '2')).stdout).toBe('three\nKilled\n');

  const tail = new LogTail(file);
  expect(tail.last(1)).toEqual(['Killed']);
  appendFileSync(file, '\nfour\nfi');
  expect(tail.more()).toEqual(['', 'four']);
  expect(tail.more()).toEqual(['fi']);
  appendFileSync(file, 'five\nsi');
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'anew\n');
  expect(tail.more()).toEqual(['five', 'si', 'anew']);
});
