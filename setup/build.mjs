// `npm pack`: Node runs no TypeScript below node_modules, so the package ships the same tree as JavaScript, in build/.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './places.mjs';

const build = join(root, 'build');
rmSync(build, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: ['ignore', 2, 2] });

const isMade = (path) => ['__pycache__', '.reign', 'build'].includes(basename(path)) || path.endsWith('.egg-info');
const isCompiled = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts');
for (const part of ['setup', 'stack', 'trainer', 'examples', 'package.json', 'package-lock.json'])
  cpSync(join(root, part), join(build, part), {
    recursive: true,
    filter: (path) => !isMade(path) && !isCompiled(path) && !path.endsWith('.d.mts'),
  });
