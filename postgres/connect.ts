import { Client, type ClientConfig, DatabaseError } from 'pg';
import { type ConnectionUrl, type PostgresHost, parseConnectionUrl, type SessionAttribute } from './connectionUrl.ts';
import { passwordFromFile } from './passwordFile.ts';
import { tlsOptions } from './tlsOptions.ts';

export interface ConnectOptions {
  /** What the server shows in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly types?: ClientConfig['types'];
  readonly keepAlive?: boolean;
  /** How long the client waits for one answer, in milliseconds. Default: no limit. */
  readonly queryTimeout?: number;
}

/**
 * Connects to the first host of a URL that answers and is what `target_session_attrs` asks for, with libpq's meaning of
 * each parameter. Nothing but user, database, application name and UTF8 as client encoding goes into the startup
 * message, unless the URL itself has `options`: a pooler refuses others. Limits belong into the transaction
 * (`set local`).
 *
 * ```ts
 * const client = await connect(url, { applicationName: 'reign describe' });
 * ```
 *
 * @throws ReignError SettingInvalid where the URL cannot be read
 * @throws Error, or pg's DatabaseError, where no host will do
 */
export async function connect(url: string, options: ConnectOptions): Promise<Client> {
  const parsed = parseConnectionUrl(url);
  const hosts = parsed.shuffle ? shuffled(parsed.hosts) : parsed.hosts;
  const rounds: readonly SessionAttribute[] = parsed.target === 'prefer-standby' ? ['standby', 'any'] : [parsed.target];
  const failures: Failure[] = [];
  for (const wanted of rounds) {
    for (const host of hosts) {
      try {
        const client = await connectTo(host, parsed, options);
        const unfit = await whyUnfit(client, wanted);
        if (unfit === null) return client;
        await client.end().catch(() => {});
        failures.push({ host, error: new Error(unfit) });
      } catch (error) {
        failures.push({ host, error });
        // As in libpq: a host that answers and refuses is the answer; only one that is not there makes way for the next.
        if (!isAbsent(error)) throw error;
      }
    }
  }
  throw failureOf(failures);
}

interface Failure {
  readonly host: PostgresHost;
  readonly error: unknown;
}

/** One host: with TLS, without, or one after the other where `prefer` or `allow` say so. */
async function connectTo(host: PostgresHost, url: ConnectionUrl, options: ConnectOptions): Promise<Client> {
  const isSocket = host.name.startsWith('/');
  const [first, second] = isSocket ? [false] : encryptions[url.sslMode];
  try {
    return await connectOnce(host, url, options, first);
  } catch (error) {
    const isRefused = error instanceof DatabaseError ? error.code?.startsWith('28') : !isAbsent(error);
    if (second === undefined || !isRefused) throw error;
    return await connectOnce(host, url, options, second);
  }
}

/** Whether to encrypt, and what to try where that is refused. */
const encryptions = {
  disable: [false],
  allow: [false, true],
  prefer: [true, false],
  require: [true],
  'verify-ca': [true],
  'verify-full': [true],
} as const;

async function connectOnce(
  host: PostgresHost,
  url: ConnectionUrl,
  { applicationName, types, keepAlive, queryTimeout }: ConnectOptions,
  encrypt: boolean,
): Promise<Client> {
  const { user, database, options } = url;
  const login = { host: host.name, port: host.port, user, database };
  const client = new Client({
    ...login,
    host: host.address ?? host.name,
    password: url.password ?? (() => passwordOf(url, login)),
    ssl: encrypt && tlsOptions(url, host),
    sslnegotiation: encrypt ? url.sslNegotiation : 'postgres',
    enableChannelBinding: encrypt && url.requireChannelBinding,
    application_name: applicationName,
    connectionTimeoutMillis: url.connectTimeout * 1000,
    keepAlive: keepAlive ?? false,
    ...(options === undefined ? {} : { options }),
    ...(types === undefined ? {} : { types }),
    ...(queryTimeout === undefined ? {} : { query_timeout: queryTimeout }),
  });
  // A connection that breaks reports to the waiting call too; without a listener it would end the process.
  client.on('error', () => {});
  const bound = url.requireChannelBinding && boundBy(client);
  await client.connect();
  if (bound !== false && !(encrypt && bound())) {
    await client.end().catch(() => {});
    throw new Error('the server does not offer channel binding, which channel_binding=require asks for');
  }
  return client;
}

/** Whether the server has offered the login that is bound to the TLS channel; pg takes it then. */
function boundBy(client: Client): () => boolean {
  let offered = false;
  client.connection.on('authenticationSASL', ({ mechanisms }: { mechanisms: readonly string[] }) => {
    offered = mechanisms.includes('SCRAM-SHA-256-PLUS');
  });
  return () => offered;
}

function passwordOf({ passwordFile }: ConnectionUrl, login: Parameters<typeof passwordFromFile>[1]): string {
  const password = passwordFromFile(passwordFile, login);
  if (password === undefined) throw new Error('the server asks for a password, and the URL has none');
  return password;
}

/** Why a session is not what was asked for; null where it is. */
async function whyUnfit(client: Client, wanted: SessionAttribute): Promise<string | null> {
  if (wanted === 'any') return null;
  const { rows } = await client.query<{ standby: boolean; read_only: string }>(
    "select pg_is_in_recovery() as standby, current_setting('transaction_read_only') as read_only",
  );
  const [row] = rows;
  const standby = row?.standby === true;
  const readOnly = standby || row?.read_only === 'on';
  if (wanted === 'read-write') return readOnly ? 'the session is read-only' : null;
  if (wanted === 'read-only') return readOnly ? null : 'the session is not read-only';
  if (wanted === 'primary') return standby ? 'the server is in hot standby mode' : null;
  return standby ? null : 'the server is not in hot standby mode';
}

/** Nobody there, no such name, no answer in time; or a server that starts or stops just now. */
function isAbsent(error: unknown): boolean {
  if (error instanceof DatabaseError) return error.code === '57P03';
  if (error instanceof AggregateError) return error.errors.every(isAbsent);
  if (!(error instanceof Error)) return false;
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return syscall === 'connect' || syscall === 'getaddrinfo' || error.message === 'timeout expired';
}

function failureOf(failures: readonly Failure[]): unknown {
  const [first] = failures;
  if (failures.length === 1) return first?.error;
  const said = failures.map(({ host, error }) => `${host.name}:${host.port}: ${reasonOf(error)}`);
  return new Error([...new Set(said)].join('; '), { cause: first?.error });
}

/** What an error of a connection says. One refused has an error for each address and no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
