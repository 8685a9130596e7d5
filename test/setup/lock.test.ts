import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { takeLock } from '../../setup/lock.mjs';
import { temporaryFolder } from '../stack/testHome.ts';

it('one at a time holds the lock, in any order of arrival', async () => {
  const folder = temporaryFolder();
  let holders = 0;
  let waited = 0;
  const hold = async (): Promise<void> => {
    const release = await takeLock(folder, () => {
      waited += 1;
    });
    holders += 1;
    expect(holders).toBe(1);
    await sleep(5);
    expect(holders).toBe(1);
    holders -= 1;
    release();
  };
  await Promise.all(Array.from({ length: 5 }, hold));
  expect(waited).toBe(4);
  expect(readdirSync(folder)).toEqual(['setup.lock.5']);
});

it('the lock of a process that is gone is free', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'setup.lock.3'), JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
  const release = await takeLock(folder, () => expect.unreachable('it is free'));
  expect(readdirSync(folder)).toEqual(['setup.lock.4']);
  release();
});

it('a file that was half written by a kill is no holder', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'setup.lock.1'), '{"pid":');
  const release = await takeLock(folder, () => expect.unreachable('it is free'));
  release();
});
