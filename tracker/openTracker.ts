import { errorOf } from '../schemas/errors.ts';

/** An MLflow server. What one can ask of it stands in this folder, one file an entity. */
export interface Tracker {
  /** Its address as people open it, without credentials. */
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. */
  readonly timeout: number;
}

/** A login. A user's name and password come before a token, as in MLflow's own clients. */
export interface TrackerCredentials {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
}

/**
 * The MLflow server at an address; credentials in the address come before those that are given. Asks nothing yet.
 *
 * ```ts
 * const tracker = openTracker('http://127.0.0.1:5000');
 * const experiment = await ensureExperiment(tracker, 'flight-delay');
 * ```
 */
export function openTracker(uri: string, given: TrackerCredentials = {}): Tracker {
  const address = parse(uri);
  const user = decodeURIComponent(address.username) || given.user;
  const password = decodeURIComponent(address.password) || given.password;
  address.username = '';
  address.password = '';
  return {
    uri: address.href.replace(/\/+$/, ''),
    headers: authorization(user, password, given.token),
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
    throw errorOf('SettingInvalid', 'trackerUri');
  }
  return address;
}
