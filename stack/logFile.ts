import { appendFileSync, closeSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const LARGEST = 10 * 1024 * 1024;

/** Makes a part's log ready for another run: what has grown too large becomes `<log>.1`. */
export function openLog(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST) renameSync(path, `${path}.1`);
  appendFileSync(path, `--- ${new Date().toISOString()} start\n`, { mode: 0o600 });
}

/** The last line that a part wrote in this run, or undefined. */
export function lastLine(path: string): string | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const length = Math.min(size, 8192);
  const buffer = Buffer.alloc(length);
  if (length > 0) {
    const file = openSync(path, 'r');
    try {
      readSync(file, buffer, 0, length, size - length);
    } finally {
      closeSync(file);
    }
  }
  const lines = buffer.toString('utf8').trimEnd().split('\n');
  const last = lines.at(-1)?.trim();
  return last === undefined || last === '' || /^--- \S+ start$/.test(last) ? undefined : last.slice(0, 300);
}
