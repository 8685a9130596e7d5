// The trainer's Python environment in .reign/python, from compiled and hashed requirements.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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
  const files = [
    ...(stamp?.requirements === requirements ? [] : ['requirements.txt']),
    ...(withDev && stamp?.dev !== devRequirements ? ['requirements-dev.txt'] : []),
  ];
  if (files.length > 0) await installRequirements(root, files, shared);
  const added = addedLibraries(root);
  if (added.length > 0) await installLibraries(root, added, log);
  const written = { folder: realpathSync(folder), requirements, dev: withDev ? devRequirements : null };
  writeFileSync(stampOf(root), `${JSON.stringify(written)}\n`);
}

/**
 * uv installs in seconds what takes pip minutes. Where uv fails, pip tries.
 *
 * @param {string} root
 * @param {string[]} files
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, log: string }} shared
 */
async function installRequirements(root, files, shared) {
  const python = join(folderOf(root), 'bin', 'python');
  const what = 'Python packages';
  const requirements = files.flatMap((file) => ['-r', join('trainer', file)]);
  const advice = 'Check the network (or the package index that pip is configured for) and run the same command again.';
  const pip = async (name, ...args) => {
    const all = ['-m', 'pip', 'install', '--no-input', '--progress-bar=off', '--require-hashes', ...args];
    await run({ ...shared, what: name, command: python, args: all, advice });
  };
  // Not into the environment: a version records which packages that holds.
  const folder = join(placeOf(root), '.reign', 'uv');
  const cache = join(folder, 'cache');
  try {
    await pip('uv', '--upgrade', '--target', folder, '-r', join('trainer', 'requirements-uv.txt'));
    const args = ['pip', 'install', '--python', python, '--compile-bytecode', '--require-hashes', ...requirements];
    const env = { ...shared.env, UV_CACHE_DIR: cache, ...uvSettings(python, shared.env) };
    await run({ ...shared, what, command: join(folder, 'bin', 'uv'), args, env, advice });
  } catch (error) {
    if (!(error instanceof SetupError) || error.wasInterrupted) throw error;
    say(
      `uv could not install the ${what} (its output is in ${relative(root, shared.log)}); trying pip, which is slower`,
    );
    await pip(what, ...requirements);
  }
  // Installed files are hard links to it. It stays after an interruption, so that the next set-up downloads less.
  rmSync(cache, { recursive: true, force: true });
}

/**
 * uv does not read what pip is configured with, in its files and in `PIP_*`. Both must ask the same index.
 *
 * @param {string} python
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
function uvSettings(python, env) {
  const configured = execFileSync(python, ['-m', 'pip', 'config', 'list'], { env, encoding: 'utf8' });
  /** What pip takes from an environment variable counts most, then its settings of `pip install`. */
  const setting = (name) => {
    for (const section of [':env:', 'install', 'global']) {
      const value = configured.match(new RegExp(`^${section}\\.${name}=(['"])(.*)\\1$`, 'm'))?.[2];
      if (value !== undefined) return value;
    }
  };
  const list = (name, separator) =>
    setting(name)
      ?.split(/\\n|\s/)
      .filter(Boolean)
      .join(separator);
  const settings = {
    // A configuration of uv would add a second opinion.
    UV_NO_CONFIG: '1',
    // pip takes the best match of all its indexes; the hashes say which file that may be.
    UV_INDEX_STRATEGY: 'unsafe-best-match',
    UV_DEFAULT_INDEX: setting('index-url'),
    UV_INDEX: list('extra-index-url', ' '),
    UV_FIND_LINKS: list('find-links', ','),
    UV_NO_INDEX: /^(1|true|yes|on|y|t)$/i.test(setting('no-index') ?? '') ? '1' : undefined,
    UV_INSECURE_HOST: list('trusted-host', ' '),
    SSL_CERT_FILE: setting('cert'),
    SSL_CLIENT_CERT: setting('client-cert'),
    ALL_PROXY: setting('proxy'),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value));
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
