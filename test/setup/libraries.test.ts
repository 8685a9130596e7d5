import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { addedLibraries, installLibraries } from '../../setup/libraries.mjs';
import { installed, smallEnvironment, writeWheels } from './smallEnvironment.ts';

let root: string;
let log: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'reign-libraries-'));
  log = join(root, '.reign', 'logs', 'setup.log');
  const trainer = join(root, 'trainer');
  mkdirSync(trainer);
  writeWheels(join(root, 'index'), [
    { name: 'tinyboost', version: '1.2', needs: 'base>=1' },
    { name: 'base', version: '1.0' },
    { name: 'base', version: '2.0' },
  ]);
  smallEnvironment(root);
  writeFileSync(join(trainer, 'requirements.txt'), 'base==1.0 \\\n    --hash=sha256:00\n');
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

afterEach(() => {
  vi.unstubAllEnvs();
});

function onlyFrom(folder: string): void {
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', join(root, folder));
}

test('a library is installed beside the pinned ones, remembered, and needs no network the second time', async () => {
  onlyFrom('index');
  expect(await installLibraries(root, ['tinyboost>=1'], log)).toEqual(['tinyboost>=1']);
  expect(installed(root, 'tinyboost')?.version).toBe('1.2');
  // The newer one that pip would choose is not the one that the environment pins.
  expect(installed(root, 'base')?.version).toBe('1.0');
  onlyFrom('nowhere');
  expect(await installLibraries(root, ['tinyboost>=1'], log)).toEqual([]);
  expect(addedLibraries(root)).toEqual(['tinyboost>=1']);
}, 60_000);

test('what cannot be installed is said, and not remembered', async () => {
  onlyFrom('index');
  await expect(installLibraries(root, ['no-such-boost'], log)).rejects.toThrow(
    /Python packages no-such-boost failed[\s\S]*What is installed already works offline/,
  );
  await expect(installLibraries(root, ['--index-url=x'], log)).rejects.toThrow('expected the name of a library');
  expect(addedLibraries(root)).not.toContain('no-such-boost');
  expect(readFileSync(log, 'utf8')).toContain('no-such-boost');
}, 60_000);
