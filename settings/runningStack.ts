import { errorOf } from '../schemas/errors.ts';
import { isAlive } from '../setup/processIdentity.mjs';
import { type Addresses, type StackFile, stackFileSchema } from './addresses.ts';
import { connectionVariable } from './connections.ts';
import type { GivenSettings } from './givenSettings.ts';
import type { Home } from './home.ts';
import { readJsonFile } from './jsonFile.ts';

/** The stack that runs in this home now. */
export function runningStack(home: Pick<Home, 'stackFile'>): StackFile | undefined {
  const file = readJsonFile(home.stackFile, stackFileSchema);
  return file !== undefined && isAlive(file.owner) ? file : undefined;
}

/**
 * What works in the running stack got its settings when it started: others, given to one command alone, would change nothing.
 *
 * @throws ReignError SettingInvalid, with the names of the variables that differ
 */
export function refuseOtherSettings(given: GivenSettings, running: Addresses): void {
  const differ = differingSettings(given, running);
  if (differ.length === 0) return;
  const them = differ.length === 1 ? 'it' : 'them';
  throw errorOf('SettingInvalid', 'otherThanRunning', { variables: differ.join(', '), them });
}

/** The variables that name something else than what the running stack uses. */
export function differingSettings(given: GivenSettings, running: Addresses): string[] {
  const { ledgerUrl, temporal, trackerUri, store } = running;
  const pairs: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['REIGN_LEDGER_URL', given.ledgerUrl, ledgerUrl],
    ['TEMPORAL_ADDRESS', given.temporal?.address, temporal.address],
    ['MLFLOW_TRACKING_URI', given.trackerUri, trackerUri],
    // The stack of an earlier release does not say where its store is.
    ['REIGN_STORE', store === undefined ? undefined : given.store, store],
    ...Object.entries(given.connections).map(
      ([name, url]) => [connectionVariable(name), url, running.connections[name]] as const,
    ),
  ];
  return pairs.filter(([, wanted, used]) => wanted !== undefined && wanted !== used).map(([name]) => name);
}
