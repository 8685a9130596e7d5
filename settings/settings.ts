import { join } from 'node:path';
import { errorOf } from '../schemas/errors.ts';
import type { Addresses } from './addresses.ts';
import { type GivenSettings, givenSettings, type TemporalSettings } from './givenSettings.ts';
import { homeOf } from './home.ts';
import { runningStack } from './runningStack.ts';

/** What is known of each part: named by the environment, or reached in the running stack. A command needs only some of them. */
export interface KnownSettings {
  /** Absolute path of the folder with the embedded stack's state (`REIGN_HOME`). */
  readonly home: string;
  /** Where the store is (`REIGN_STORE`): a folder, as an absolute path, or `s3://bucket/prefix`. Default: `store` in the home. */
  readonly store: string;
  readonly ledgerUrl: string | undefined;
  /** For migrations; undefined where the role of `ledgerUrl` owns the ledger, or somebody else migrates. */
  readonly ledgerOwnerUrl: string | undefined;
  readonly connections: Readonly<Record<string, string>>;
  /** The same databases, as the role that may make and fill tables: of the embedded warehouse only. */
  readonly loadingConnections: Readonly<Record<string, string>>;
  readonly temporal: TemporalSettings | undefined;
  readonly trackerUri: string | undefined;
  /** The login for MLflow, under the names that its own clients read (`MLFLOW_TRACKING_USERNAME` and others). */
  readonly trackerCredentials: {
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly token: string | undefined;
  };
  /** Whether an embedded stack runs in this home. */
  readonly stackRuns: boolean;
}

/** The variable that names each part that somebody has to provide. */
const variables = {
  ledgerUrl: 'REIGN_LEDGER_URL',
  temporal: 'TEMPORAL_ADDRESS',
  trackerUri: 'MLFLOW_TRACKING_URI',
} as const;

type Part = keyof typeof variables;

type With<P extends Part> = KnownSettings & { readonly [K in P]: NonNullable<KnownSettings[K]> };

/** The settings of a program that reaches every part, such as a worker. */
export type Settings = With<Part>;

/**
 * What the environment gives, and for the rest the running stack.
 *
 * @throws ReignError SettingInvalid
 */
export function knownSettings(env: NodeJS.ProcessEnv): KnownSettings {
  return settingsOf(env, givenSettings(env), runningStack(homeOf(env))?.addresses);
}

/**
 * The same for a program that reaches every part.
 *
 * @throws ReignError SettingInvalid, SettingMissing
 */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  return requireParts(knownSettings(env), 'ledgerUrl', 'temporal', 'trackerUri');
}

/** Puts what is given over what runs. */
export function settingsOf(
  env: NodeJS.ProcessEnv,
  given: GivenSettings,
  running: Addresses | undefined,
): KnownSettings {
  const home = homeOf(env).folder;
  return {
    home,
    store: given.store ?? running?.store ?? join(home, 'store'),
    ledgerUrl: given.ledgerUrl ?? running?.ledgerUrl,
    ledgerOwnerUrl: ledgerOwnerUrl(given, running),
    connections: { ...running?.connections, ...given.connections },
    loadingConnections: { ...running?.connections, ...running?.owners.connections, ...given.connections },
    temporal: given.temporal ?? (running && embeddedTemporal(running)),
    trackerUri: given.trackerUri ?? running?.trackerUri,
    trackerCredentials: {
      user: env.MLFLOW_TRACKING_USERNAME,
      password: env.MLFLOW_TRACKING_PASSWORD,
      token: env.MLFLOW_TRACKING_TOKEN,
    },
    stackRuns: running !== undefined,
  };
}

/**
 * The settings, where these parts are known.
 *
 * @throws ReignError SettingMissing, with the variables that name the others
 */
export function requireParts<P extends Part>(settings: KnownSettings, ...parts: P[]): With<P> {
  const has = (known: KnownSettings): known is With<P> => parts.every((part) => known[part] !== undefined);
  if (has(settings)) return settings;
  const missing = parts.filter((part) => settings[part] === undefined).map((part) => variables[part]);
  const are = missing.length === 1 ? 'is' : 'are';
  throw errorOf('SettingMissing', 'notSet', { home: settings.home, variables: missing.join(', '), are });
}

/** An owner that belongs to the ledger in use: never the embedded one's for a ledger that was given. */
function ledgerOwnerUrl(given: GivenSettings, running: Addresses | undefined): string | undefined {
  if (given.ledgerUrl === undefined || given.ledgerUrl === running?.ledgerUrl)
    return given.ledgerOwnerUrl ?? running?.owners.ledgerUrl;
  return given.ledgerOwnerUrl;
}

const embeddedTemporal = ({ temporal }: Addresses): TemporalSettings => ({
  ...temporal,
  connectionOptions: { address: temporal.address },
});
