import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandList } from '../../../cli/commandList.ts';
import { runCommand } from '../runCommand.ts';

/** What bash completes the last word to. */
function completed(script: string, ...words: string[]): string[] {
  const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _reign; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const printed = execFileSync('bash', ['--norc', '-c', `${script}\n${asked}`], { encoding: 'utf8' });
  return printed.split('\n').filter((line) => line !== '');
}

test('bash completes commands, the options of the command that was typed, and files where it takes one', async () => {
  const { code, stdout } = await runCommand(['completion', 'bash']);
  expect(code).toBe(0);
  expect(completed(stdout, 'reign', '')).toEqual(commandList.map(({ name }) => name));
  expect(completed(stdout, 'reign', 'co')).toEqual(['compare', 'completion']);
  expect(completed(stdout, 'reign', 'retrain', '--w')).toEqual(['--wait']);
  expect(completed(stdout, 'reign', 'gate', 't')).toContain('try');
  expect(completed(stdout, 'reign', 'gate', 'try', '--pol')).toEqual(['--policy']);
  expect(completed(stdout, 'reign', 'apply', 'package.js')).toEqual(['package.json']);
  expect(completed(stdout, 'reign', 'show', 'package.js')).toEqual([]);
});

test('zsh and fish get every command with what it does; another shell is refused', async () => {
  for (const shell of ['zsh', 'fish']) {
    const { stdout } = await runCommand(['completion', shell]);
    for (const { name } of commandList) expect(stdout).toContain(name);
    expect(stdout).toContain("upgrade the ledger'\\''s tables");
  }
  const other = await runCommand(['completion', 'csh', '--json']);
  expect([other.code, other.json()]).toMatchObject([2, { error: { code: 'UsageInvalid' } }]);
});
