import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf } from '../schemas/errors.ts';
import { processEnvironment } from '../settings/environment.ts';
import { type Home, shown } from '../settings/home.ts';
import { startKept } from './keeper.ts';
import { markerOf } from './leftovers.ts';
import { lastLine, openLog } from './logFile.ts';
import { logOf, type Part } from './part.ts';
import { notePostgres, type PostgresPlace } from './postgresPlace.ts';
import {
  administrator,
  connected,
  type EmbeddedDatabase,
  embeddedUrl,
  passwordLines,
  prepareDatabases,
} from './postgresRoles.ts';

/** The embedded Postgres, with these databases. */
export function postgresPart(
  home: Home,
  place: PostgresPlace,
  port: number,
  databases: readonly EmbeddedDatabase[],
): Part {
  return {
    name: 'postgres',
    command: [join(place.bin, 'postgres'), '-D', place.data, ...settings(port).flatMap((setting) => ['-c', setting])],
    env: environment(),
    account: place.account,
    // Postgres calls this a fast shutdown: open transactions are rolled back, and what is committed is written.
    stopSignal: 'INT',
    graceSeconds: 30,
    ports: [port],
    beforeStart: async () => {
      if (place.isNew && !existsSync(home.postgresFile)) await initialise(home, place);
      await clearStalePid(place);
    },
    isHealthy: async () => {
      await connected(embeddedUrl(place, port, 'postgres', administrator), (client) => client.query('select 1'));
      return true;
    },
    afterStart: async () => {
      rmSync(home.passwordFile, { force: true });
      writeFileSync(home.passwordFile, passwordLines(place, port), { mode: 0o600 });
      await prepareDatabases(place, port, databases);
    },
  };
}

/** For bulk work on a developer's machine, without giving up that what is committed stays. */
function settings(port: number): string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=100',
    'shared_buffers=256MB',
    'maintenance_work_mem=256MB',
    'work_mem=32MB',
    'max_wal_size=4GB',
    'checkpoint_timeout=15min',
    'wal_level=minimal',
    'max_wal_senders=0',
    `dynamic_shared_memory_type=${sharedMemory()}`,
    'timezone=UTC',
    'log_timezone=UTC',
    // A log holds no rows: neither the statement that failed nor the key or row that PostgreSQL puts into the detail.
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
  ];
}

/** Containers often have 64 MB of /dev/shm, too little for parallel queries. */
function sharedMemory(): 'posix' | 'mmap' {
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks < 512 * 1024 * 1024 ? 'mmap' : 'posix';
  } catch {
    return process.platform === 'linux' ? 'mmap' : 'posix';
  }
}

/** PG* variables of the user are about other servers. */
function environment(): Record<string, string | undefined> {
  const unset = Object.keys(processEnvironment()).filter((name) => /^PG[A-Z]/.test(name));
  return { ...Object.fromEntries(unset.map((name) => [name, undefined])), LC_ALL: 'C' };
}

async function initialise(home: Home, place: PostgresPlace): Promise<void> {
  const log = logOf(home, 'postgres');
  const draft = join(place.folder, 'data.new');
  const passwordFile = join(place.folder, 'password');
  openLog(log);
  for (const path of [draft, place.data]) rmSync(path, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  chmodSync(draft, 0o700);
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, place.password, { mode: 0o600, flag: 'wx' });
  if (place.account !== undefined) {
    for (const path of [draft, passwordFile]) chownSync(path, place.account.uid, place.account.gid);
  }
  const ending = await startKept(markerOf(home, 'postgres'), {
    command: [
      join(place.bin, 'initdb'),
      ...['-D', draft, '-U', administrator, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8'],
      ...['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ],
    env: environment(),
    account: place.account,
    log,
  }).ended;
  rmSync(passwordFile, { force: true });
  if (ending.code !== 0) {
    throw errorOf('StackFailed', 'initdb', { how: ending.how, log: shown(log), last: lastLine(log) ?? '' });
  }
  renameSync(draft, place.data);
  notePostgres(home, place);
}

/**
 * Removes the pid file of a server that was killed. Postgres would do so itself, unless another process has its number
 * by now. The home's lock is held, so no other stack runs here; a server that still ends is waited for.
 */
async function clearStalePid(place: PostgresPlace): Promise<void> {
  const file = join(place.data, 'postmaster.pid');
  for (let waited = 0; existsSync(file) && isServerOf(place, file); waited += 100) {
    if (waited > 30_000) throw errorOf('StackFailed', 'strangePostgres', { folder: place.data });
    await sleep(100);
  }
  rmSync(file, { force: true });
}

function isServerOf(place: PostgresPlace, file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(place.data);
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
