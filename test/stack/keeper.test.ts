import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KeptCommand, startKept } from '../../stack/keeper.ts';
import { runs, temporaryFolder, until } from './testHome.ts';

describe.skipIf(process.platform !== 'linux')('a kept command', () => {
  /** Starts a shell with a child in its group and one that left it, which then waits, and answers the pids of all three. */
  async function startFamily({ first = ':', ...options }: Partial<KeptCommand> & { first?: string } = {}) {
    const folder = temporaryFolder();
    const log = join(folder, 'log');
    const script = `${first}; sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo ready; while true; do wait; done`;
    const kept = startKept(`${folder}:test;`, { command: ['sh', '-c', script], log, ...options });
    await until('the family runs', () => readFileSync(log, 'utf8').includes('ready'));
    const children = readFileSync(log, 'utf8').split('\n').slice(0, 2).map(Number);
    await until('the leader is known', () => kept.leader !== undefined);
    const family = [...children, kept.leader ?? 0];
    expect(family.map(runs)).toEqual([true, true, true]);
    return { kept, family, children };
  }

  it('takes its children along when it is stopped, also those that left its group', async () => {
    const { kept, family } = await startFamily();
    expect((await kept.stop()).how).toBe('killed by SIGTERM');
    expect(family.map(runs)).toEqual([false, false, false]);
  });

  it('is killed when it does not stop within its grace', async () => {
    const { kept, family } = await startFamily({ first: "trap '' TERM", graceSeconds: 1 });
    expect((await kept.stop()).how).toBe('killed by SIGKILL');
    expect(family.map(runs)).toEqual([false, false, false]);
  });

  it('takes its children along when it alone is killed', async () => {
    const { kept, family } = await startFamily();
    process.kill(family[2] ?? 0, 'SIGKILL');
    expect((await kept.ended).how).toBe('killed by SIGKILL');
    expect(family.map(runs)).toEqual([false, false, false]);
  });

  it('says with which code it ended', async () => {
    const folder = temporaryFolder();
    const command = ['sh', '-c', 'sleep 1000 & exit 7'];
    const kept = startKept(`${folder}:test;`, { command, log: join(folder, 'log') });
    expect(await kept.ended).toEqual({ code: 7, how: 'exit code 7' });
  });

  it('ends with its keeper, children and all', async () => {
    const { kept, family } = await startFamily();
    process.kill(kept.keeper.pid, 'SIGKILL');
    expect((await kept.ended).how).toBe('its keeper was killed');
    await until('all are gone', () => !family.some(runs));
  });

  it('is not reached by the signals of a terminal', async () => {
    const { kept, family } = await startFamily();
    process.kill(kept.keeper.pid, 'SIGINT');
    process.kill(kept.keeper.pid, 'SIGHUP');
    expect(family.map(runs)).toEqual([true, true, true]);
    await kept.stop();
  });

  it('says in its log when there is no such program', async () => {
    const log = join(temporaryFolder(), 'log');
    const kept = startKept('none', { command: ['/nowhere/program'], log });
    expect((await kept.ended).code).toBe(127);
    expect(readFileSync(log, 'utf8')).toBe('cannot start /nowhere/program: No such file or directory\n');
  });
});
