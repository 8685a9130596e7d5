import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { choosePorts } from '../../stack/ports.ts';
import { temporaryFolder } from './testHome.ts';

it('ports are remembered while they are free, and replaced with a line when they are taken', async () => {
  const file = join(temporaryFolder(), 'ports.json');
  const lines: string[] = [];
  const choose = () => choosePorts(file, ['postgres', 'mlflow'], (line) => lines.push(line));
  const first = await choose();
  expect(await choose()).toEqual(first);
  expect(lines).toEqual([]);

  const other = createServer();
  onTestFinished(() => void other.close());
  await new Promise<void>((resolve) => other.listen(first.mlflow, '127.0.0.1', resolve));
  const second = await choose();
  expect(second.postgres).toBe(first.postgres);
  expect(second.mlflow).not.toBe(first.mlflow);
  expect(lines).toEqual([`The port ${first.mlflow} of mlflow is taken by another program; using ${second.mlflow}.`]);
});
