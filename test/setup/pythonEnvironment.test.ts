import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { pythonEnvironmentIsThere } from '../../setup/pythonEnvironment.mjs';
import { temporaryFolder } from '../stack/testHome.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the Python environment', () => {
  let root: string;

  function stamp(content: object): void {
    writeFileSync(join(root, '.reign', 'python', 'reign-setup.json'), JSON.stringify(content));
  }

  beforeEach(() => {
    root = temporaryFolder();
    mkdirSync(join(root, 'trainer'));
    mkdirSync(join(root, '.reign', 'python', 'bin'), { recursive: true });
    symlinkSync(process.execPath, join(root, '.reign', 'python', 'bin', 'python'));
    writeFileSync(join(root, 'trainer', 'requirements.txt'), 'a==1');
    writeFileSync(join(root, 'trainer', 'requirements-dev.txt'), 'b==1');
    stamp({ folder: join(root, '.reign', 'python'), requirements: hash('a==1'), dev: null });
  });

  it('is there when its stamp fits the requirements', () => {
    expect(pythonEnvironmentIsThere(root, false)).toBe(true);
    expect(pythonEnvironmentIsThere(root, true)).toBe(false);
    stamp({ folder: join(root, '.reign', 'python'), requirements: hash('a==1'), dev: hash('b==1') });
    expect(pythonEnvironmentIsThere(root, true)).toBe(true);
  });

  it('is not there when the requirements changed', () => {
    writeFileSync(join(root, 'trainer', 'requirements.txt'), 'a==2');
    expect(pythonEnvironmentIsThere(root, false)).toBe(false);
  });

  it('is not there when it was copied or moved here', () => {
    const copy = temporaryFolder();
    cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
    expect(pythonEnvironmentIsThere(copy, false)).toBe(false);
    expect(pythonEnvironmentIsThere(root, false)).toBe(true);
  });

  it('is not there when it is half made, or its Python is gone', () => {
    rmSync(join(root, '.reign', 'python', 'bin', 'python'));
    symlinkSync('/nowhere/python3', join(root, '.reign', 'python', 'bin', 'python'));
    expect(pythonEnvironmentIsThere(root, false)).toBe(false);
    rmSync(join(root, '.reign', 'python', 'reign-setup.json'));
    expect(pythonEnvironmentIsThere(root, false)).toBe(false);
  });
});
