import { ReignError } from '../schemas/errors.ts';

/** An MLflow server. What one can ask of it stands in this folder, one file an entity. */
export interface Tracker {
  /** Its address as people open it, without credentials. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. */
  readonly timeout: number;
}

/** As MLflow's own clients name them. A user's name and password come before a token, as there. */
export interface TrackerCredentials {
  readonly MLFLOW_TRACKING_TOKEN?: string | undefined;
  readonly MLFLOW_TRACKING_USERNAME?: string | undefined;
  readonly MLFLOW_TRACKING_PASSWORD?: string | undefined;
}

/**
 * The MLflow server at an address; credentials come from the address or from the environment. Asks nothing yet.
 *
 * ```ts
 * const tracker = openTracker('http://127.0.0.1:5000');
 * const experiment = await ensureExperiment(tracker, 'flight-delay');
 * ```
 */
export function openTracker(uri: string, environment: TrackerCredentials = process.env): Tracker {
  const address = parse(uri);
  const user = decodeURIComponent(address.username) || environment.MLFLOW_TRACKING_USERNAME;
  const password = decodeURIComponent(address.password) || environment.MLFLOW_TRACKING_PASSWORD;
  address.username = '';
  address.password = '';
  return {
    uri: address.href.replace(/\/+$/, ''),
    headers: authorization(user, password, environment.MLFLOW_TRACKING_TOKEN),
    timeout: 30_000,
  };
}

function authorization(user?: string, password?: string, token?: string): Record<string, string> {
  if (user && password) {
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  }
  return token ? { authorization: `Bearer ${token}` } : {};
}

function parse(uri: string): URL {
  const address = URL.parse(uri);
  if (address === null || !['http:', 'https:'].includes(address.protocol)) {
    const message = 'MLFLOW_TRACKING_URI is not an address that begins with http:// or https://';
    throw new ReignError('SettingMissing', message);
  }
  return address;
}
