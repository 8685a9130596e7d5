// What the project needs and is not there yet is installed into its folder; costs a few milliseconds when all is there.
import { join } from 'node:path';
import { installLibraries } from './libraries.mjs';
import { takeLock } from './lock.mjs';
import { installNpmPackages, npmPackagesAreThere } from './npmPackages.mjs';
import { placeOf, root } from './places.mjs';
import { endLeftovers, SetupError, say } from './progress.mjs';
import { installPythonEnvironment, pythonEnvironmentIsThere } from './pythonEnvironment.mjs';

/** @param {{ dev: boolean }} options dev: also what tests and checks need */
export async function ensureSetup({ dev }) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`Node 20 or later is needed; this is ${process.version}.`);
  }
  const isComplete = () => npmPackagesAreThere(root) && pythonEnvironmentIsThere(root, dev);
  if (isComplete()) return;
  await alone(async (log) => {
    if (!npmPackagesAreThere(root)) await installNpmPackages(root, log);
    if (!pythonEnvironmentIsThere(root, dev)) await installPythonEnvironment(root, dev, log);
  });
}

/**
 * Installs libraries into the project's Python environment.
 *
 * @param {readonly string[]} libraries as pip takes them
 * @returns {Promise<string[]>} what was missing
 */
export const ensureLibraries = (libraries) => alone((log) => installLibraries(root, libraries, log));

/**
 * One set-up of this folder at a time.
 *
 * @template T
 * @param {(log: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function alone(work) {
  const log = join(placeOf(root), '.reign', 'logs', 'setup.log');
  const release = await takeLock(join(placeOf(root), '.reign'), ({ pid }) =>
    say(`waiting for another set-up of this folder (process ${pid}) to end`),
  );
  try {
    endLeftovers(log);
    return await work(log);
  } finally {
    release();
  }
}

/** Sets up, or ends the process with what went wrong in plain words. @param {{ dev: boolean }} options */
export async function ensureSetupOrExit(options) {
  try {
    await ensureSetup(options);
  } catch (error) {
    say(error instanceof SetupError ? error.message : `the set-up failed: ${error.stack}`);
    process.exit(1);
  }
}
