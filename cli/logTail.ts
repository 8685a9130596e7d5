import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Enough for the lines that a person asks for. */
const longestRead = 4 * 1024 * 1024;

/**
 * The end of a log, and what comes after it. The system's `tail -F` would be another process a log, and the npm package
 * `tail` drops the end of a log that is begun anew.
 */
export class LogTail {
  readonly #path: string;
  #inode = 0;
  /** Up to here it was read. */
  #at = 0;
  /** What was read of a line whose end is not there yet. It may end within a character. */
  #unfinished: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** The last lines, an unfinished one too; what follows them comes from `more`. */
  last(count: number): string[] {
    const { size, ino } = statSync(this.#path);
    this.#inode = ino;
    this.#at = Math.max(0, size - longestRead);
    const cut = this.#at > 0;
    const lines = [...this.#read(this.#path, size), ...this.#rest()];
    return count === 0 ? [] : (cut ? lines.slice(1) : lines).slice(-count);
  }

  /** The lines that were written since; of a log that was begun anew, the rest of the old one and all of the new one. */
  more(): string[] {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (found.ino === this.#inode && found.size > this.#at) return this.#read(this.#path, found.size);
    // Nothing was added to an unfinished line since the last look: its writer has stopped.
    if (found.ino === this.#inode && found.size === this.#at) return this.#rest();
    const before = [...this.#restOfOld(), ...this.#rest()];
    this.#inode = found.ino;
    this.#at = 0;
    return [...before, ...this.#read(this.#path, found.size)];
  }

  #restOfOld(): string[] {
    const path = `${this.#path}.1`;
    const old = statSync(path, { throwIfNoEntry: false });
    return old?.ino === this.#inode ? this.#read(path, old.size) : [];
  }

  #rest(): string[] {
    const rest = this.#unfinished.toString('utf8');
    this.#unfinished = Buffer.alloc(0);
    return rest === '' ? [] : [rest];
  }

  #read(path: string, size: number): string[] {
    const buffer = Buffer.alloc(Math.min(size - this.#at, longestRead));
    if (buffer.length === 0) return [];
    const file = openSync(path, 'r');
    try {
      const length = readSync(file, buffer, 0, buffer.length, this.#at);
      this.#at += length;
      const read = Buffer.concat([this.#unfinished, buffer.subarray(0, length)]);
      const end = read.lastIndexOf('\n') + 1;
      this.#unfinished = read.subarray(end);
      return end === 0 ? [] : read.toString('utf8', 0, end - 1).split('\n');
    } finally {
      closeSync(file);
    }
  }
}
