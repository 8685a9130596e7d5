import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { pythonBin } from '../../settings/home.ts';
import { addedLibraries, installLibraries } from '../../setup/libraries.mjs';

let root: string;
let log: string;

const wheels = `
import sys, zipfile
for name, version, needs in (("tinyboost", "1.2", "base>=1"), ("base", "1.0", ""), ("base", "2.0", "")):
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(f"{sys.argv[1]}/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n" + (f"Requires-Dist: {needs}\\n" if needs else ""))
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", f"{name}.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'reign-libraries-'));
  log = join(root, '.reign', 'logs', 'setup.log');
  const [index, trainer] = [join(root, 'index'), join(root, 'trainer')];
  for (const folder of [index, trainer]) mkdirSync(folder);
  execFileSync(join(pythonBin, 'python'), ['-c', wheels, index]);
  // With the pip of the tests' own environment: installing one takes twenty times as long.
  const environment = join(root, '.reign', 'python');
  execFileSync(join(pythonBin, 'python'), ['-m', 'venv', '--without-pip', environment]);
  const site = (python: string) =>
    execFileSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']).toString().trim();
  writeFileSync(join(site(join(environment, 'bin', 'python')), 'pip.pth'), site(join(pythonBin, 'python')));
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

const versionOf = (name: string) =>
  execFileSync(join(root, '.reign', 'python', 'bin', 'python'), [
    '-c',
    `import importlib.metadata as m; print(m.version("${name}"))`,
  ])
    .toString()
    .trim();

test('a library is installed beside the pinned ones, remembered, and needs no network the second time', async () => {
  onlyFrom('index');
  expect(await installLibraries(root, ['tinyboost>=1'], log)).toEqual(['tinyboost>=1']);
  expect(versionOf('tinyboost')).toBe('1.2');
  // The newer one that pip would choose is not the one that the environment pins.
  expect(versionOf('base')).toBe('1.0');
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
