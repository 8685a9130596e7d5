import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { loadSettings, type Settings } from '../../settings/settings.ts';
import { KEPT } from '../../stack/leftovers.ts';
import { loadLoans } from './servers.ts';

const root = join(import.meta.dirname, '../..');

/** Reign as an operator runs it, in a home of its own: `reign dev` in a process that can be killed. */
export class Reign {
  readonly home: string;
  readonly #environment: NodeJS.ProcessEnv;
  #dev: ChildProcess | undefined;

  constructor(home: string, more: NodeJS.ProcessEnv = {}) {
    this.home = home;
    const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
    this.#environment = { PATH, HOME, NODE_COMPILE_CACHE, REIGN_HOME: home, ...more };
  }

  get settings(): Settings {
    return loadSettings(this.#environment);
  }

  /** Starts `reign dev` and answers when everything is up. */
  async start(): Promise<void> {
    const dev = spawn(process.execPath, ['cli/reign.ts', 'dev', '--json'], {
      cwd: root,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#dev = dev;
    onTestFinished(() => void dev.kill('SIGKILL'));
    let said = '';
    dev.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const document = await firstDocument(dev.stdout);
    // An error is a document as well.
    if (document === undefined || 'error' in document)
      throw new Error(`reign dev does not start: ${JSON.stringify(document)} ${said}`);
  }

  /** Ends `reign dev` and answers when it is gone. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const dev = this.#dev;
    if (dev === undefined || dev.exitCode !== null || dev.signalCode !== null) return;
    const exit = once(dev, 'exit');
    dev.kill(signal);
    await exit;
  }

  loadLoans(): Promise<void> {
    return loadLoans(this.settings);
  }

  /** The process of a part that its keeper started. */
  leaderOf(part: string): number | undefined {
    return processes().find(
      ({ marker, parent }) => marker.startsWith(`${this.home}:${part};`) && parent.includes('keeper.py'),
    )?.pid;
  }

  /** All processes of this home's parts. */
  processes(): number[] {
    return processes()
      .filter(({ marker }) => marker.startsWith(`${this.home}:`))
      .map(({ pid }) => pid);
  }

  get devPid(): number | undefined {
    return this.#dev?.pid;
  }
}

/** What a program prints with `--json`, as soon as all of it is there; undefined where it ends before. */
async function firstDocument(printed: Readable): Promise<object | undefined> {
  let text = '';
  for await (const line of createInterface({ input: printed })) {
    text += `${line}\n`;
    if (line === '}') return JSON.parse(text) as object;
  }
}

interface Running {
  readonly pid: number;
  readonly marker: string;
  /** The parent's command line. */
  readonly parent: string;
}

function processes(): Running[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
        const marker = environment.find((variable) => variable.startsWith(`${KEPT}=`))?.slice(KEPT.length + 1);
        const parent = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1] ?? '0';
        if (marker === undefined) return [];
        return [{ pid: Number(entry), marker, parent: readFileSync(`/proc/${parent}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
}
