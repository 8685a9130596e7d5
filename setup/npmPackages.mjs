// The npm packages of package-lock.json in node_modules, Node 24 among them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { isInstalled } from './places.mjs';
import { run, SetupError } from './progress.mjs';

/** @param {string} root */
const stampOf = (root) => join(root, 'node_modules', '.reign-setup.json');

/**
 * The Node that Reign runs on: the project's own; of an installed package the one that runs it, where that is new enough.
 *
 * @param {string} root
 */
export function nodeOf(root) {
  if (!isInstalled(root)) return join(root, 'node_modules', '.bin', 'node');
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  return join(dirname(createRequire(join(root, 'x.js')).resolve('node/package.json')), 'bin', 'node');
}

/** @param {string} root */
function wanted(root) {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return { lock: createHash('sha256').update(lock).digest('hex'), system: `${process.platform}-${process.arch}` };
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules already holds what the lock file names, because a developer ran `npm install` by hand. npm
 * keeps a list of what it installed, and writes it last.
 *
 * @param {string} root
 */
function isInstalledByHand(root) {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const locked = readJson(join(root, 'package-lock.json'))?.packages;
  if (installed === undefined || locked === undefined) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * @param {string} root
 * @returns {boolean}
 */
export function npmPackagesAreThere(root) {
  // Those of an installed package came with it.
  if (isInstalled(root)) return true;
  const stamp = readJson(stampOf(root));
  const { lock, system } = wanted(root);
  return stamp?.lock === lock && stamp.system === system && existsSync(nodeOf(root));
}

/**
 * @param {string} root
 * @param {string} log
 */
export async function installNpmPackages(root, log) {
  const stamp = readJson(stampOf(root));
  const want = wanted(root);
  const sameSystem = stamp === undefined || stamp.system === want.system;
  if (!(sameSystem && existsSync(nodeOf(root)) && isInstalledByHand(root))) {
    rmSync(stampOf(root), { force: true });
    await run({
      what: 'npm packages',
      ...npm(root),
      cwd: root,
      env: plainEnvironment(root),
      log,
      advice: 'Check the network (or the npm registry that is configured) and run the same command again.',
    });
    if (!existsSync(nodeOf(root))) {
      throw new SetupError(
        'npm installed the packages but not Node 24: it did not run the install script of the package "node".\n' +
          'Allow it (`npm config get ignore-scripts` must say false) and run the same command again.',
      );
    }
  }
  writeFileSync(stampOf(root), `${JSON.stringify(want)}\n`);
}

/** @param {string} root */
function npm(root) {
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=warn'];
  // Within an npm script npm says where it lies. It must not run on the Node that it is about to replace.
  const own = process.env.npm_execpath;
  if (own === undefined || !/npm-cli\.c?js$/.test(own)) return { command: 'npm', args };
  const isReplaced = process.execPath.startsWith(join(root, 'node_modules'));
  return { command: isReplaced ? 'node' : process.execPath, args: [own, ...args] };
}

/**
 * npm hands the settings of the outer call to its scripts (`-s`, `--json`): they are not meant for this one.
 *
 * @param {string} root
 */
function plainEnvironment(root) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^npm_(lifecycle|package|command|config_(loglevel|json|silent|global|local_prefix|prefix))/.test(name)) {
      delete env[name];
    }
  }
  const replaced = join(root, 'node_modules');
  env.PATH = (env.PATH ?? '')
    .split(delimiter)
    .filter((path) => !path.startsWith(replaced))
    .join(delimiter);
  return env;
}
