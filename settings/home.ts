import { extname, join, relative, resolve } from 'node:path';
import { placeOf, root } from '../setup/places.mjs';

/** The folder with Reign's own files: the project's, or that of the installed package. */
export const projectFolder = root;

/** The folder whose `.reign` is the default home: the project's; of an installed package the one that it is used in. */
export const placeFolder = placeOf();

/** What Reign's own modules end with: TypeScript in the project, JavaScript in an installed package. */
export const moduleEnding = extname(import.meta.filename);

/** The Python of the project: set up once, whatever home is used. */
export const pythonBin = join(placeFolder, '.reign', 'python', 'bin');

/** What is kept where, below one `REIGN_HOME`. */
export interface Home {
  folder: string;
  logs: string;
  leases: string;
  ready: string;
  stackFile: string;
  portsFile: string;
  keepersFile: string;
  postgresFile: string;
  /** For libpq (`PGPASSFILE`): psql, and whatever else connects by hand, finds the embedded databases' password in it. */
  passwordFile: string;
  lockFile: string;
}

/** The folder that holds one stack's state: `REIGN_HOME`, by default `.reign` in the project, or where the package is used. */
export function homeOf(env: NodeJS.ProcessEnv): Home {
  const folder = env.REIGN_HOME ? resolve(env.REIGN_HOME) : join(placeFolder, '.reign');
  return {
    folder,
    logs: join(folder, 'logs'),
    leases: join(folder, 'leases'),
    ready: join(folder, 'ready'),
    stackFile: join(folder, 'stack.json'),
    portsFile: join(folder, 'ports.json'),
    keepersFile: join(folder, 'keepers.json'),
    postgresFile: join(folder, 'postgres.json'),
    passwordFile: join(folder, 'pgpass'),
    lockFile: join(folder, 'stack.lock'),
  };
}

/** A path as short as a person would write it. */
export function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}
