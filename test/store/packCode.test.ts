import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packCode, readCode, unpackCode } from '../../store/packCode.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reign-pack-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const place = 'm.yaml:20:15';
const pack = async (entrypoint = 'pipeline.py:build') => {
  const code = await readCode(folder, place);
  return { ...packCode(code, entrypoint, place), leftBehind: code.leftBehind };
};

test('a folder of .py files and definitions keeps the bytes that releases without data files gave it', async () => {
  write({
    'pipeline.py': 'p',
    'b/c.py': 'c',
    'b.py': 'b',
    'm.yaml': 'model: m\nsource: { query: select 1 }\npipeline: { entrypoint: pipeline.py:build }\n',
    'README.md': 'Read me.',
    'explore.ipynb': '{}',
    '.hidden/x.py': '',
    '.x.py': '',
    '__pycache__/y.py': '',
    'b/node_modules/z.py': '',
    'env/pyvenv.cfg': '',
    'env/lib/site.py': '',
  });
  const { content, files } = await pack();
  expect(content).toBe('{"files":{"b.py":"b","b/c.py":"c","pipeline.py":"p"}}');
  expect(unpackCode(content)).toEqual(files);
});

test('data files travel: text as it is, anything else in base64', async () => {
  const binary = Uint8Array.from([0, 255, 10]);
  write({
    'pipeline.py': 'p',
    'risk.json': '{"car": 0.2}\r\n',
    'tables/zip.bin': binary,
    'tables/units.yaml': 'model: 3',
  });
  const { content, files } = await pack();
  expect(JSON.parse(content)).toEqual({
    files: { 'pipeline.py': 'p', 'risk.json': '{"car": 0.2}\r\n', 'tables/units.yaml': 'model: 3' },
    binary: { 'tables/zip.bin': Buffer.from(binary).toString('base64') },
  });
  expect(unpackCode(content)).toEqual(files);
});

test('a data file above 10 MB stays behind and is named; too many of them are refused', async () => {
  write({ 'pipeline.py': 'p', 'big.csv': 'x'.repeat(10_000_001), 'small.csv': 'x'.repeat(10_000_000) });
  const { files, leftBehind } = await pack();
  expect(Object.keys(files)).toEqual(['pipeline.py', 'small.csv']);
  expect(leftBehind).toEqual(['big.csv (10.0 MB)']);
  for (let at = 0; at < 5; at++) write({ [`more${at}.csv`]: 'x'.repeat(9_000_000) });
  await expect(pack()).rejects.toThrow('found more than 50 MB of data files');
});

test('links are followed inside the folder only, and never in circles', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'reign-outside-'));
  try {
    writeFileSync(join(outside, 'secret.py'), 'secret');
    write({ 'pipeline.py': 'p', 'lib/a.py': 'a' });
    symlinkSync(outside, join(folder, 'out'));
    symlinkSync(join(outside, 'secret.py'), join(folder, 'out.py'));
    symlinkSync(join(folder, 'lib'), join(folder, 'again'));
    symlinkSync(folder, join(folder, 'lib', 'up'));
    symlinkSync(join(folder, 'nowhere.py'), join(folder, 'broken.py'));
    expect(Object.keys((await pack()).files)).toEqual(['again/a.py', 'lib/a.py', 'pipeline.py']);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

test.each(['pipelines.py:build', '../pipeline.py:build', '/etc/pipeline.py:build', 'env/pipeline.py:build'])(
  'an entrypoint that is not packed is refused with its place: %s',
  async (entrypoint) => {
    write({ 'pipeline.py': 'p', 'env/pyvenv.cfg': '', 'env/pipeline.py': 'p' });
    await expect(pack(entrypoint)).rejects.toMatchObject({
      code: 'DefinitionInvalid',
      message: `m.yaml:20:15 pipeline.entrypoint: found "${entrypoint}"; expected a .py file in the definition's folder or below`,
    });
  },
);

test('a file that is not UTF-8 and too much code are refused', async () => {
  write({ 'pipeline.py': 'p', 'latin.py': Buffer.from('# \xe4', 'latin1') });
  await expect(pack()).rejects.toThrow('found latin.py, which is not UTF-8');
  write({ 'latin.py': 'x'.repeat(2_000_001) });
  await expect(pack()).rejects.toThrow('found more than 2 MB');
});

test('the same files give the same hash, whatever the order they were written in; any change gives another', async () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/).map((word) => `${word}.py`);
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.string(), { minKeys: 1, maxKeys: 5 }),
      fc.string({ minLength: 1 }),
      async (files, more) => {
        const fresh = () => {
          rmSync(folder, { recursive: true });
          mkdirSync(folder);
        };
        fresh();
        write({ 'pipeline.py': 'p', ...files });
        const first = await pack();
        fresh();
        write({ ...Object.fromEntries(Object.entries(files).reverse()), 'pipeline.py': files['pipeline.py'] ?? 'p' });
        expect((await pack()).hash).toBe(first.hash);
        expect(unpackCode(Buffer.from(first.content))).toEqual({ 'pipeline.py': 'p', ...files });
        write({ 'pipeline.py': `${first.files['pipeline.py']}${more}` });
        expect((await pack()).hash).not.toBe(first.hash);
      },
    ),
    { numRuns: 40 },
  );
});
