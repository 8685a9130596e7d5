import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askOnTerminal } from '../../cli/askOnTerminal.ts';

test('what is typed is the answer, and Ctrl-D instead of one interrupts the command', async () => {
  const ask = (typed: string): Promise<string> => {
    const input = new PassThrough();
    input.write(typed);
    return askOnTerminal('Which? ', { input, output: Object.assign(new PassThrough(), { isTTY: true }) });
  };
  expect(await ask('loans\n')).toBe('loans');
  await expect(ask('\x04')).rejects.toMatchObject({ code: 'Interrupted' });
});
