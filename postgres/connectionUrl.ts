import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { errorOf } from '../schemas/errors.ts';

export interface PostgresHost {
  /** As the URL names it: what a certificate is checked against. A folder where it begins with a slash. */
  readonly name: string;
  /** Where to connect, where that is not the name (`hostaddr`). */
  readonly address: string | null;
  readonly port: number;
}

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export const sessionAttributes = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type SslMode = (typeof sslModes)[number];
export type SessionAttribute = (typeof sessionAttributes)[number];

/** What a connection URL says, as libpq reads it: with its environment variables and defaults. */
export interface ConnectionUrl {
  /** In the order in which they are tried. */
  readonly hosts: readonly PostgresHost[];
  readonly user: string;
  readonly database: string;
  /** Null where it has to come from the password file, or none is needed. */
  readonly password: string | null;
  readonly passwordFile: string;
  readonly sslMode: SslMode;
  /** `system` for the roots that the machine trusts. */
  readonly rootCertificates: string;
  readonly revocations: string;
  readonly clientCertificate: string | null;
  readonly clientKey: string;
  readonly clientKeyPassword: string | undefined;
  readonly minTlsVersion: string;
  readonly maxTlsVersion: string | undefined;
  readonly sslNegotiation: 'postgres' | 'direct';
  readonly requireChannelBinding: boolean;
  readonly target: SessionAttribute;
  readonly shuffle: boolean;
  /** Seconds for one host; 0 means no limit. */
  readonly connectTimeout: number;
  readonly options: string | undefined;
}

/** libpq's names for what Reign uses, each with the environment variable that stands in for it. */
const used: Readonly<Record<string, string | null>> = {
  host: 'PGHOST',
  hostaddr: 'PGHOSTADDR',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcrl: 'PGSSLCRL',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslpassword: null,
  sslcertmode: 'PGSSLCERTMODE',
  ssl_min_protocol_version: 'PGSSLMINPROTOCOLVERSION',
  ssl_max_protocol_version: 'PGSSLMAXPROTOCOLVERSION',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  load_balance_hosts: 'PGLOADBALANCEHOSTS',
  connect_timeout: null,
  options: 'PGOPTIONS',
  gssencmode: null,
};

/** What Reign sets itself, and what changes nothing about where and as whom one connects. */
const ignored = [
  'application_name',
  'fallback_application_name',
  'client_encoding',
  'gssdelegation',
  'gsslib',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'krbsrvname',
  'sslcompression',
  'sslsni',
  'tcp_user_timeout',
];

/** Seconds that a host is given to answer, unless the URL says otherwise. */
const connectTimeoutSeconds = 10;

/**
 * Reads a connection URL with the meaning that libpq gives it, which reads it itself in the trainer.
 *
 * ```ts
 * parseConnectionUrl('postgresql://reign@a,b:5433/loans?sslmode=verify-full&target_session_attrs=read-write').hosts;
 * // [{ name: 'a', address: null, port: 5432 }, { name: 'b', address: null, port: 5433 }]
 * ```
 *
 * @param env where libpq itself would look for what the URL leaves out, such as `PGSSLMODE`
 * @throws ReignError SettingInvalid, without what the URL holds
 */
export function parseConnectionUrl(url: string, env: NodeJS.ProcessEnv = process.env): ConnectionUrl {
  const written = writtenParameters(url);
  const given = (name: string): string | undefined => {
    const variable = used[name];
    return written.get(name) || (variable == null ? undefined : env[variable]) || undefined;
  };
  const user = given('user') ?? userInfo().username;
  const home = join(env.HOME || homedir(), '.postgresql');
  const rootCertificates = given('sslrootcert') ?? join(home, 'root.crt');
  const sslMode = oneOf(
    'sslmode',
    sslModes,
    given('sslmode') ?? (rootCertificates === 'system' ? 'verify-full' : 'prefer'),
  );
  if (rootCertificates === 'system' && sslMode !== 'verify-full')
    throw invalid(`sslrootcert=system needs sslmode=verify-full, not ${sslMode}`);
  const sslNegotiation = oneOf('sslnegotiation', ['postgres', 'direct'], given('sslnegotiation') ?? 'postgres');
  if (sslNegotiation === 'direct' && ['disable', 'allow', 'prefer'].includes(sslMode))
    throw invalid(`sslnegotiation=direct needs sslmode=require or stronger, not ${sslMode}`);
  const certificateMode = oneOf('sslcertmode', ['disable', 'allow', 'require'], given('sslcertmode') ?? 'allow');
  const encryption = oneOf('gssencmode', ['disable', 'prefer', 'require'], given('gssencmode') ?? 'disable');
  if (certificateMode === 'require' || encryption === 'require')
    throw invalid('sslcertmode=require and gssencmode=require are not supported');
  return {
    hosts: hostsOf(given),
    user,
    database: given('dbname') ?? user,
    password: given('password') ?? null,
    passwordFile: given('passfile') ?? join(env.HOME || homedir(), '.pgpass'),
    sslMode,
    rootCertificates,
    revocations: given('sslcrl') ?? join(home, 'root.crl'),
    clientCertificate: certificateMode === 'disable' ? null : (given('sslcert') ?? join(home, 'postgresql.crt')),
    clientKey: given('sslkey') ?? join(home, 'postgresql.key'),
    clientKeyPassword: given('sslpassword'),
    minTlsVersion: given('ssl_min_protocol_version') ?? 'TLSv1.2',
    maxTlsVersion: given('ssl_max_protocol_version'),
    sslNegotiation,
    requireChannelBinding:
      oneOf('channel_binding', ['disable', 'prefer', 'require'], given('channel_binding') ?? 'prefer') === 'require',
    target: oneOf('target_session_attrs', sessionAttributes, given('target_session_attrs') ?? 'any'),
    shuffle: oneOf('load_balance_hosts', ['disable', 'random'], given('load_balance_hosts') ?? 'disable') === 'random',
    connectTimeout: seconds(given('connect_timeout')),
    options: given('options'),
  };
}

/** Every parameter of the URL under libpq's name for it. */
function writtenParameters(url: string): Map<string, string> {
  const match =
    /^postgres(?:ql)?:\/\/(?:(?<login>[^@/]*)@)?(?<hosts>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s.exec(
      url,
    );
  if (match?.groups === undefined) throw invalid('it is not a Postgres URL');
  const { login, hosts = '', database, query } = match.groups;
  const parameters = new Map<string, string>();
  const put = (name: string, text: string | undefined) => {
    if (text !== undefined && text !== '') parameters.set(name, decoded(text));
  };
  const colon = login?.indexOf(':') ?? -1;
  put('user', colon < 0 ? login : login?.slice(0, colon));
  put('password', colon < 0 ? undefined : login?.slice(colon + 1));
  put('dbname', database);
  const places = hosts.split(',').map((place) => /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d*))?$/.exec(place)?.groups);
  if (places.some((place) => place === undefined)) throw invalid('a host or port of it cannot be read');
  put(
    'host',
    places
      .map((place) => place?.host?.replace(/^\[(.*)\]$/, '$1') ?? '')
      .join(',')
      .replace(/^,*$/, ''),
  );
  put(
    'port',
    places
      .map((place) => place?.port ?? '')
      .join(',')
      .replace(/^,*$/, ''),
  );
  for (const part of query?.split('&') ?? []) {
    const [, key = '', value] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    if (value === undefined) throw invalid('a parameter of it has no value');
    const name = decoded(key);
    // JDBC's way to say it, which libpq takes too.
    if (name === 'ssl' && value === 'true') put('sslmode', 'require');
    else if (name in used) put(name, value);
    else if (!ignored.includes(name)) throw invalid(`the parameter ${name} is unknown or not supported`);
  }
  return parameters;
}

function hostsOf(given: (name: string) => string | undefined): PostgresHost[] {
  const names = given('host')?.split(',');
  const addresses = given('hostaddr')?.split(',');
  const ports = (given('port') ?? '5432').split(',').map((port) => Number(port || '5432'));
  const count = (names ?? addresses)?.length;
  if (count === undefined) throw invalid('it names no host');
  if ((addresses ?? names)?.length !== count || (ports.length !== 1 && ports.length !== count))
    throw invalid('its numbers of hosts, addresses and ports differ');
  if (ports.some((port) => !Number.isInteger(port) || port < 1 || port > 65_535))
    throw invalid('a port of it is not one');
  return Array.from({ length: count }, (_, at) => {
    const address = addresses?.[at] || null;
    const name = names?.[at] || address;
    if (name === null) throw invalid('one of its hosts has no name');
    return { name, address, port: ports[ports.length === 1 ? 0 : at] ?? 5432 };
  });
}

function seconds(text: string | undefined): number {
  if (text === undefined) return connectTimeoutSeconds;
  const value = Number(text);
  if (!Number.isInteger(value)) throw invalid('connect_timeout is not a whole number');
  // As in libpq: one second is too short to be meant.
  return value <= 0 ? 0 : Math.max(2, value);
}

/** A plus sign is a plus sign here, unlike in a form. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a percent sign in it is not followed by two hexadecimal digits');
  }
}

function oneOf<const Value extends string>(name: string, values: readonly Value[], text: string): Value {
  const value = values.find((one) => one === text);
  if (value === undefined) throw invalid(`${name} must be one of ${values.join(', ')}`);
  return value;
}

const invalid = (message: string) => errorOf('SettingInvalid', 'postgres', { problem: message });
