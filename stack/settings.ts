import { join, resolve } from 'node:path';
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { parseConnectionUrl } from '../postgres/connectionUrl.ts';
import { ReignError } from '../schemas/errors.ts';
import { isAlive } from '../setup/processIdentity.mjs';
import { type Addresses, stackFileSchema } from './addresses.ts';
import { homeOf } from './home.ts';
import { readJsonFile } from './jsonFile.ts';

type ConnectionOptions = ClientConnectConfig['connectionOptions'];

/** What the environment names itself; what is undefined the embedded stack provides. */
export interface GivenSettings {
  ledgerUrl: string | undefined;
  /** The role that owns the ledger's tables, where that is not the one that works (`REIGN_LEDGER_OWNER_URL`). */
  ledgerOwnerUrl: string | undefined;
  /** By connection name, e.g. `warehouse` from `REIGN_CONNECTION_WAREHOUSE`. */
  connections: Record<string, string>;
  temporal: TemporalSettings | undefined;
  /** Holds for the embedded server too. Default: `default`. */
  temporalNamespace: string;
  trackerUri: string | undefined;
}

export interface TemporalSettings {
  address: string;
  namespace: string;
  /** For `Connection.connect` and `NativeConnection.connect`: address, TLS, API key. */
  connectionOptions: ConnectionOptions;
}

/** All that a program needs to reach the parts, wherever they are. */
export interface Settings {
  /** Absolute path of the folder with the embedded stack's state (`REIGN_HOME`). */
  home: string;
  /** Absolute path of the store's folder (`REIGN_STORE`). */
  store: string;
  ledgerUrl: string;
  /** For migrations; undefined where the role of `ledgerUrl` owns the ledger, or somebody else migrates. */
  ledgerOwnerUrl: string | undefined;
  connections: Record<string, string>;
  /** The same databases, as the role that may make and fill tables: of the embedded warehouse only. */
  loadingConnections: Record<string, string>;
  temporal: TemporalSettings;
  trackerUri: string;
}

const CONNECTION = 'REIGN_CONNECTION_';

/** The environment variable that holds the URL of a connection: `loan-book` is in `REIGN_CONNECTION_LOAN_BOOK`. */
export function connectionVariable(name: string): string {
  return CONNECTION + name.toUpperCase().replaceAll('-', '_');
}

/** The Postgres URL of a connection that a definition names. */
export function connectionUrl(settings: Pick<Settings, 'connections'>, name: string): string {
  const url = settings.connections[connectionName(connectionVariable(name))];
  if (url !== undefined) return url;
  const known = Object.keys(settings.connections).sort().join(', ') || 'none';
  throw new ReignError(
    'ConnectionUnknown',
    `The connection "${name}" is not known (known: ${known}). Set ${connectionVariable(name)} to its Postgres URL.`,
  );
}

function connectionName(variable: string): string {
  return variable.slice(CONNECTION.length).toLowerCase().replaceAll('_', '-');
}

/** Reads what the environment names, and refuses what cannot be meant. */
export function givenSettings(env: NodeJS.ProcessEnv): GivenSettings {
  const connections: Record<string, string> = {};
  for (const [variable, url] of Object.entries(env)) {
    if (variable.startsWith(CONNECTION) && url) connections[connectionName(variable)] = postgresUrl(variable, url);
  }
  const trackerUri = env.MLFLOW_TRACKING_URI || undefined;
  if (trackerUri !== undefined && !/^https?:\/\//.test(trackerUri)) {
    throw new ReignError(
      'SettingInvalid',
      'MLFLOW_TRACKING_URI must be the http(s) address of an MLflow server; unset it for the embedded one.',
    );
  }
  if (env.REIGN_LEDGER_OWNER_URL && !env.REIGN_LEDGER_URL) {
    throw new ReignError(
      'SettingInvalid',
      'REIGN_LEDGER_OWNER_URL is set without REIGN_LEDGER_URL: set the login of the role that works, too.',
    );
  }
  const { connectionOptions, namespace = 'default' } = temporalConfig(env);
  const address = connectionOptions.address;
  return {
    ledgerUrl: env.REIGN_LEDGER_URL ? postgresUrl('REIGN_LEDGER_URL', env.REIGN_LEDGER_URL) : undefined,
    ledgerOwnerUrl: env.REIGN_LEDGER_OWNER_URL
      ? postgresUrl('REIGN_LEDGER_OWNER_URL', env.REIGN_LEDGER_OWNER_URL)
      : undefined,
    connections,
    temporal: address === undefined ? undefined : { address, namespace, connectionOptions },
    temporalNamespace: namespace,
    trackerUri: trackerUri?.replace(/\/+$/, ''),
  };
}

function temporalConfig(env: NodeJS.ProcessEnv): ClientConnectConfig {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) variables[name] = value;
  try {
    return loadClientConnectConfig({ overrideEnvVars: variables });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReignError(
      'SettingInvalid',
      `Temporal's settings (TEMPORAL_* or its configuration file) cannot be used: ${reason}`,
    );
  }
}

function postgresUrl(variable: string, url: string): string {
  try {
    parseConnectionUrl(url);
    return url;
  } catch (error) {
    // The value holds a password: it is never shown.
    const reason = error instanceof ReignError ? error.message : 'it cannot be read';
    throw new ReignError(
      'SettingInvalid',
      `${variable} is not a Postgres URL that Reign can use (postgresql://user:password@host:5432/database). ${reason}`,
    );
  }
}

/** The addresses of the stack that runs in this home now. */
export function runningStack(env: NodeJS.ProcessEnv): Addresses | undefined {
  const file = readJsonFile(homeOf(env).stackFile, stackFileSchema);
  return file !== undefined && isAlive(file.owner) ? file.addresses : undefined;
}

/**
 * The settings of a program that uses the stack: what the environment gives, and for the rest the running stack.
 *
 * @throws ReignError that says what is missing and what to do
 */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = givenSettings(env);
  return mergeSettings(env, given, runningStack(env));
}

/** The store's folder: `REIGN_STORE`, by default `store` in the home. */
export function storeFolder(env: NodeJS.ProcessEnv): string {
  return env.REIGN_STORE ? resolve(env.REIGN_STORE) : join(homeOf(env).folder, 'store');
}

/** Puts what is given over what runs. */
export function mergeSettings(env: NodeJS.ProcessEnv, given: GivenSettings, running: Addresses | undefined): Settings {
  const home = homeOf(env).folder;
  const ledgerUrl = given.ledgerUrl ?? running?.ledgerUrl;
  const trackerUri = given.trackerUri ?? running?.trackerUri;
  const temporal = given.temporal ?? (running && embeddedTemporal(running));
  if (ledgerUrl === undefined || trackerUri === undefined || temporal === undefined) {
    const missing = [
      ledgerUrl === undefined ? 'REIGN_LEDGER_URL' : undefined,
      temporal === undefined ? 'TEMPORAL_ADDRESS' : undefined,
      trackerUri === undefined ? 'MLFLOW_TRACKING_URI' : undefined,
    ].filter((name) => name !== undefined);
    throw new ReignError(
      'SettingMissing',
      `Reign's stack is not running. Start it with \`npm run -s reign -- dev\`, or set ${missing.join(', ')}.`,
    );
  }
  return {
    home,
    store: storeFolder(env),
    ledgerUrl,
    ledgerOwnerUrl: ledgerOwnerUrl(given, running),
    connections: { ...running?.connections, ...given.connections },
    loadingConnections: { ...running?.connections, ...running?.owners.connections, ...given.connections },
    temporal,
    trackerUri,
  };
}

/** An owner that belongs to the ledger in use: never the embedded one's for a ledger that was given. */
export function ledgerOwnerUrl(given: GivenSettings, running: Addresses | undefined): string | undefined {
  if (given.ledgerUrl === undefined || given.ledgerUrl === running?.ledgerUrl)
    return given.ledgerOwnerUrl ?? running?.owners.ledgerUrl;
  return given.ledgerOwnerUrl;
}

function embeddedTemporal(running: Addresses): TemporalSettings {
  return { ...running.temporal, connectionOptions: { address: running.temporal.address } };
}

/** The same settings as environment variables, for a worker or a trainer that the stack starts. */
export function settingsEnvironment(
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
    // The ledger's login goes to those who work with the ledger alone: workers.ts adds it.
    REIGN_LEDGER_URL: undefined,
    REIGN_LEDGER_OWNER_URL: undefined,
    ...Object.fromEntries(connections),
    ...temporal,
    MLFLOW_TRACKING_URI: settings.trackerUri,
  };
}

/** Names of the environment that start with this, each to be unset. */
export function withoutPrefix(env: NodeJS.ProcessEnv, prefix: string): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(env)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name, undefined]),
  );
}
