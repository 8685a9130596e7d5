import { resolve } from 'node:path';
import { connectionVariable } from './connections.ts';
import { withoutPrefix } from './environment.ts';
import type { GivenSettings } from './givenSettings.ts';
import type { Settings } from './settings.ts';

/** The same settings as environment variables, for a worker or a trainer that the stack starts. */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  given: GivenSettings,
  settings: Settings,
): Record<string, string | undefined> {
  const connections = Object.entries(settings.connections).map(([name, url]) => [connectionVariable(name), url]);
  // A given Temporal may need more than an address (TLS, API key, a profile), all of it in the environment as it is.
  const temporal =
    given.temporal === undefined
      ? {
          ...withoutPrefix(env, 'TEMPORAL_'),
          TEMPORAL_ADDRESS: settings.temporal.address,
          TEMPORAL_NAMESPACE: settings.temporal.namespace,
        }
      : {};
  return {
    REIGN_HOME: settings.home,
    REIGN_STORE: settings.store,
    // The ledger's login goes only to those who work with the ledger: workers.ts adds it.
    REIGN_LEDGER_URL: undefined,
    REIGN_LEDGER_OWNER_URL: undefined,
    // A worker has another working folder.
    ...(env.REIGN_NOTIFICATIONS ? { REIGN_NOTIFICATIONS: resolve(env.REIGN_NOTIFICATIONS) } : {}),
    ...Object.fromEntries(connections),
    ...temporal,
    MLFLOW_TRACKING_URI: settings.trackerUri,
  };
}
