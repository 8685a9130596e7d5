import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Enough for the lines that a person asks for. */
const longestRead = 4 * 1024 * 1024;

/** The end of a log, and what comes after it. */
export class LogTail {
  readonly #path: string;
  #inode = 0;
  /** Up to here it was read: to the end of a line. */
  #at = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The last lines; what follows them comes from `more`. */
  last(count: number): string[] {
    const { size, ino } = statSync(this.#path);
    this.#inode = ino;
    this.#at = Math.max(0, size - longestRead);
    const cut = this.#at > 0;
    const lines = this.#read(size);
    return count === 0 ? [] : (cut ? lines.slice(1) : lines).slice(-count);
  }

  /** The lines that were written since; of a log that was begun anew all of them. */
  more(): string[] {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    if (found.ino !== this.#inode || found.size < this.#at) {
      this.#inode = found.ino;
      this.#at = 0;
    }
    return this.#read(found.size);
  }

  #read(size: number): string[] {
    const buffer = Buffer.alloc(Math.min(size - this.#at, longestRead));
    if (buffer.length === 0) return [];
    const file = openSync(this.#path, 'r');
    try {
      const length = readSync(file, buffer, 0, buffer.length, this.#at);
      // A character that was written by half is read when the rest is there.
      const end = buffer.lastIndexOf('\n', length - 1) + 1;
      if (end === 0) return [];
      this.#at += end;
      return buffer.toString('utf8', 0, end - 1).split('\n');
    } finally {
      closeSync(file);
    }
  }
}
