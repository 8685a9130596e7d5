// The trainer's Python environment in .reign/python, from compiled and hashed requirements.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addedLibraries, installLibraries, pipEnvironment } from './libraries.mjs';
import { placeOf } from './places.mjs';
import { run, SetupError, say } from './progress.mjs';

const OLDEST = [3, 11];
const NEWEST = [3, 14];

/** @param {string} root */
const folderOf = (root) => join(placeOf(root), '.reign', 'python');

/** @param {string} root */
const stampOf = (root) => join(folderOf(root), 'reign-setup.json');

/** @param {string} root @param {string} name */
function hashOf(root, name) {
  return createHash('sha256')
    .update(readFileSync(join(root, 'trainer', name)))
    .digest('hex');
}

/**
 * The stamp of a complete environment that lies where it was made and whose Python still runs; else undefined.
 *
 * @param {string} root
 */
function readStamp(root) {
  try {
    const stamp = JSON.parse(readFileSync(stampOf(root), 'utf8'));
    const whole = stamp.folder === realpathSync(folderOf(root)) && existsSync(join(folderOf(root), 'bin', 'python'));
    return whole ? stamp : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} root
 * @param {boolean} dev
 * @returns {boolean}
 */
export function pythonEnvironmentIsThere(root, dev) {
  const stamp = readStamp(root);
  return (
    stamp !== undefined &&
    stamp.requirements === hashOf(root, 'requirements.txt') &&
    (!dev || stamp.dev === hashOf(root, 'requirements-dev.txt'))
  );
}

/**
 * @param {string} root
 * @param {boolean} dev also what tests and checks need
 * @param {string} log
 */
export async function installPythonEnvironment(root, dev, log) {
  const folder = folderOf(root);
  const stamp = readStamp(root);
  const requirements = hashOf(root, 'requirements.txt');
  const devRequirements = hashOf(root, 'requirements-dev.txt');
  const shared = { cwd: root, env: pipEnvironment(), log };

  if (stamp === undefined) {
    // Without a stamp it is half made, was moved here, or its Python is gone: pip cannot repair these.
    if (existsSync(folder)) say('the Python environment in .reign/python is incomplete or was moved here: made anew');
    rmSync(folder, { recursive: true, force: true });
    const { command, version } = findPython();
    await run({
      ...shared,
      what: `Python ${version} environment in .reign/python`,
      command,
      args: ['-m', 'venv', folder],
      advice: 'Python needs its venv and ensurepip modules (Debian and Ubuntu: the package python3-venv).',
    });
  }
  // From here on a kill leaves an environment that nobody takes for complete.
  rmSync(stampOf(root), { force: true });
  const withDev = dev || (stamp !== undefined && stamp.dev !== null);
  if (stamp?.requirements !== requirements) await pipInstall(root, 'requirements.txt', 'Python packages', shared);
  if (withDev && stamp?.dev !== devRequirements) {
    await pipInstall(root, 'requirements-dev.txt', 'Python packages of the tests', shared);
  }
  const added = addedLibraries(root);
  if (added.length > 0) await installLibraries(root, added, log);
  const written = { folder: realpathSync(folder), requirements, dev: withDev ? devRequirements : null };
  writeFileSync(stampOf(root), `${JSON.stringify(written)}\n`);
}

/**
 * @param {string} root
 * @param {string} file
 * @param {string} what
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, log: string }} shared
 */
async function pipInstall(root, file, what, shared) {
  const total = new Set(readFileSync(join(root, 'trainer', file), 'utf8').match(/^[a-z0-9][\w.-]*(?===)/gim)).size;
  let collected = 0;
  let isInstalling = false;
  await run({
    ...shared,
    what,
    command: join(folderOf(root), 'bin', 'python'),
    args: [
      '-m',
      'pip',
      'install',
      '--no-input',
      '--no-compile',
      '--progress-bar=off',
      '--require-hashes',
      '-r',
      join('trainer', file),
    ],
    advice: 'Check the network (or the package index that pip is configured for) and run the same command again.',
    stage: (text) => {
      collected += text.match(/^Collecting /gm)?.length ?? 0;
      isInstalling ||= /^Installing collected packages/m.test(text);
      return isInstalling ? 'installing' : `about ${collected} of ${total} fetched`;
    },
  });
  // pip would compile one file after the other.
  await run({
    ...shared,
    what: `${what}: compiling`,
    command: join(folderOf(root), 'bin', 'python'),
    args: [
      '-c',
      'import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2, workers=0)',
    ],
    advice: 'Run the same command again.',
  });
}

/** @returns {{ command: string, version: string }} */
function findPython() {
  const chosen = process.env.REIGN_PYTHON;
  // The user's default first; pyenv and its like put shims of versions on the PATH that do not run.
  const candidates = chosen ? [chosen] : ['python3', 'python3.13', 'python3.12', 'python3.14', 'python3.11', 'python'];
  const seen = [];
  for (const command of candidates) {
    let found;
    try {
      const code = 'import sys; print(*sys.version_info[:3], sys.executable, sep="\\n")';
      found = execFileSync(command, ['-I', '-c', code], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      continue;
    }
    const [major, minor, micro, executable] = found.trim().split('\n');
    const version = `${major}.${minor}.${micro}`;
    const order = Number(major) * 1000 + Number(minor);
    if (order >= OLDEST[0] * 1000 + OLDEST[1] && order <= NEWEST[0] * 1000 + NEWEST[1]) {
      return { command: executable || command, version };
    }
    seen.push(`${command} is ${version}`);
  }
  const range = `Python ${OLDEST.join('.')} to ${NEWEST.join('.')}`;
  const what = chosen ? `REIGN_PYTHON=${chosen} is not ${range}` : `no ${range} was found on the PATH`;
  throw new SetupError(
    `${what}${seen.length > 0 ? ` (${seen.join(', ')})` : ''}. Install one, or name it: REIGN_PYTHON=/path/to/python3.`,
  );
}
