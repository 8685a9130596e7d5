// Libraries that a team adds to the embedded Python environment: `reign dev --with lightgbm`. They are kept in
// .reign/libraries.txt, so that an environment that is made anew has them again.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from './places.mjs';
import { run, SetupError } from './progress.mjs';

/** As pip takes it from an index: a name, perhaps with extras and versions. No option, path or address. */
const REQUIREMENT = /^[A-Za-z0-9][\w.-]*(\[[\w.,-]+\])?\s*((===?|~=|!=|<=?|>=?)[\w.*+!,<>=~ -]+)?$/;

const MISSING = `
import sys
from importlib import metadata
from pip._vendor.packaging.requirements import Requirement
for text in sys.argv[1:]:
    wanted = Requirement(text)
    try:
        if wanted.specifier.contains(metadata.version(wanted.name), prereleases=True) and not wanted.extras:
            continue
    except metadata.PackageNotFoundError:
        pass
    print(text)
`;

/** @param {string} root */
const recordOf = (root) => join(placeOf(root), '.reign', 'libraries.txt');

/**
 * The libraries that were added before.
 *
 * @param {string} root
 * @returns {string[]}
 */
export function addedLibraries(root) {
  if (!existsSync(recordOf(root))) return [];
  return readFileSync(recordOf(root), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/**
 * Installs what is missing; what is there already needs no network. The versions of the environment's own packages stay.
 *
 * @param {string} root
 * @param {readonly string[]} libraries as pip takes them: `lightgbm`, `xgboost>=3`
 * @param {string} log
 * @returns {Promise<string[]>} what was installed
 */
export async function installLibraries(root, libraries, log) {
  const odd = libraries.find((library) => !REQUIREMENT.test(library));
  if (odd !== undefined)
    throw new SetupError(`--with ${odd}: expected the name of a library, such as lightgbm or "xgboost>=3"`);
  const python = join(placeOf(root), '.reign', 'python', 'bin', 'python');
  const missing = execFileSync(python, ['-I', '-c', MISSING, ...libraries], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
  if (missing.length > 0) {
    const constraints = join(placeOf(root), '.reign', 'constraints.txt');
    writeFileSync(constraints, pinsOf(readFileSync(join(root, 'trainer', 'requirements.txt'), 'utf8')));
    await run({
      what: `Python packages ${missing.join(', ')}`,
      command: python,
      args: ['-m', 'pip', 'install', '--no-input', '--progress-bar=off', '-c', constraints, ...missing],
      cwd: root,
      env: pipEnvironment(),
      log,
      advice:
        'Check the name, and the network or the package index that pip is configured for. What is installed already works offline.',
    });
  }
  const kept = [...new Set([...addedLibraries(root), ...libraries])];
  writeFileSync(recordOf(root), `${kept.join('\n')}\n`);
  return missing;
}

/** Pins without hashes: with hashes pip would ask for those of the new packages too. @param {string} requirements */
function pinsOf(requirements) {
  return requirements
    .split('\n')
    .filter((line) => /^[A-Za-z0-9][\w.-]*==/.test(line))
    .map((line) => `${line.replace(/\s*\\$/, '')}\n`)
    .join('');
}

/** pip takes settings from the environment and PYTHON* variables would reach into the new environment. */
export function pipEnvironment() {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0' };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV', 'PIP_USER', 'PIP_TARGET', 'PIP_PREFIX'])
    delete env[name];
  return env;
}
