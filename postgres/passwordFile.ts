import { readFileSync, statSync } from 'node:fs';

export interface PasswordFor {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password of the first line that fits (`host:port:database:user:password`), as libpq finds it. */
export function passwordFromFile(file: string, { host, port, database, user }: PasswordFor): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  // libpq ignores a file that others can read.
  if (stat === undefined || !stat.isFile() || (stat.mode & 0o077) !== 0) return undefined;
  const sought = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of readFileSync(file, 'utf8').split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = Array.from(line.matchAll(/((?:\\.|[^:\\])*)(?::|$)/g), ([, field = '']) => field);
    const password = fields[sought.length];
    const fits = sought.every((value, at) => fields[at] === '*' || unescaped(fields[at] ?? '') === value);
    if (fits && password !== undefined) return unescaped(password);
  }
  return undefined;
}

const unescaped = (field: string): string => field.replace(/\\(.)/g, '$1');
