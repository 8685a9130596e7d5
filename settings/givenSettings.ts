import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { parseConnectionUrl } from '../postgres/connectionUrl.ts';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { absolutePlace } from '../store/place.ts';
import { connectionOf } from './connections.ts';

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** For `Connection.connect` and `NativeConnection.connect`: address, TLS, API key. */
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
}

/** What the environment names itself; what is undefined the embedded stack provides. */
export interface GivenSettings {
  /** `REIGN_STORE`: a folder, as an absolute path, or `s3://bucket/prefix`. */
  readonly store: string | undefined;
  readonly ledgerUrl: string | undefined;
  /** The role that owns the ledger's tables, where that is not the one that works (`REIGN_LEDGER_OWNER_URL`). */
  readonly ledgerOwnerUrl: string | undefined;
  /** By connection name, e.g. `warehouse` from `REIGN_CONNECTION_WAREHOUSE`. */
  readonly connections: Readonly<Record<string, string>>;
  readonly temporal: TemporalSettings | undefined;
  /** Holds for the embedded server too. Default: `default`. */
  readonly temporalNamespace: string;
  readonly trackerUri: string | undefined;
}

/**
 * Reads what the environment names.
 *
 * @throws ReignError SettingInvalid where a value cannot be used; it never shows a password
 */
export function givenSettings(env: NodeJS.ProcessEnv): GivenSettings {
  const { connectionOptions, namespace = 'default' } = temporalConfig(env);
  const { address } = connectionOptions;
  const ledgerUrl = postgresUrl('REIGN_LEDGER_URL', env.REIGN_LEDGER_URL);
  const ledgerOwnerUrl = postgresUrl('REIGN_LEDGER_OWNER_URL', env.REIGN_LEDGER_OWNER_URL);
  if (ledgerOwnerUrl !== undefined && ledgerUrl === undefined) throw errorOf('SettingMissing', 'ledgerUrl');
  return {
    store: env.REIGN_STORE ? absolutePlace(env.REIGN_STORE) : undefined,
    ledgerUrl,
    ledgerOwnerUrl,
    connections: connectionsOf(env),
    temporal: address === undefined ? undefined : { address, namespace, connectionOptions },
    temporalNamespace: namespace,
    trackerUri: trackerUriOf(env),
  };
}

function connectionsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const connections: Record<string, string> = {};
  for (const [variable, value] of Object.entries(env)) {
    const name = connectionOf(variable);
    const url = name === undefined ? undefined : postgresUrl(variable, value);
    if (name !== undefined && url !== undefined) connections[name] = url;
  }
  return connections;
}

function trackerUriOf({ MLFLOW_TRACKING_URI: uri }: NodeJS.ProcessEnv): string | undefined {
  if (!uri) return undefined;
  if (/^https?:\/\//.test(uri)) return uri.replace(/\/+$/, '');
  throw errorOf('SettingInvalid', 'trackerAddress');
}

function temporalConfig(env: NodeJS.ProcessEnv): ClientConnectConfig {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) variables[name] = value;
  try {
    return loadClientConnectConfig({ overrideEnvVars: variables });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw errorOf('SettingInvalid', 'temporal', { reason });
  }
}

function postgresUrl(variable: string, url: string | undefined): string | undefined {
  if (!url) return undefined;
  try {
    parseConnectionUrl(url);
    return url;
  } catch (error) {
    // The value holds a password: it is never shown.
    const reason = error instanceof ReignError ? error.message : 'it cannot be read';
    throw errorOf('SettingInvalid', 'postgresUrl', { variable, reason });
  }
}
