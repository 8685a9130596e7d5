import { stripVTControlCharacters } from 'node:util';
import { type Paint, paintFor } from './render/style.ts';

/** What is written to: stdout, stderr, or a test's list of texts. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How long nothing is said after a first line about what is waited for, and at most after the later ones. */
const firstPauseMilliseconds = 15_000;
const longestPauseMilliseconds = 10 * 60_000;

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** What a person sees on stderr while something takes long: one line that changes on a terminal, else a line a step. */
export class Progress {
  readonly #stream: Terminal;
  readonly #live: boolean;
  readonly #paint: Paint;
  #timer: NodeJS.Timeout | undefined;
  #step = '';
  #beside: readonly string[] = [];
  #detail = '';
  #since = 0;
  #frame = 0;
  #pause = firstPauseMilliseconds;
  #quietUntil = 0;

  constructor(stream: Terminal, env: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#live = stream.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
    this.#paint = paintFor(stream, env);
  }

  /** A line that stays. */
  say(line: string): void {
    this.#clear();
    this.#stream.write(`${line}\n`);
  }

  /**
   * What is being done now; the detail may change often. One that says what is waited for is a line of its own where
   * there is no terminal: at first, and then at growing intervals. Steps that run beside it are named once each.
   */
  at(step: string, detail = '', waits = false, beside: readonly string[] = []): void {
    const before = [this.#step, ...this.#beside];
    const begun = [step, ...beside].filter((one) => !before.includes(one));
    if (begun.length > 0) this.#since = performance.now();
    if (!this.#live) for (const one of begun) this.#stream.write(`${one}\n`);
    this.#step = step;
    this.#beside = beside;
    this.#detail = detail;
    if (!this.#live) {
      this.#sayWaiting(waits ? `${step}: ${detail}` : '');
      return;
    }
    this.#draw();
    this.#timer ??= setInterval(() => this.#draw(), 120);
    this.#timer.unref();
  }

  /** Takes the changing line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#clear();
    this.#step = '';
    this.#beside = [];
  }

  #sayWaiting(line: string): void {
    if (line === '') {
      this.#pause = firstPauseMilliseconds;
      this.#quietUntil = 0;
    } else if (performance.now() >= this.#quietUntil) {
      this.#stream.write(`${line}\n`);
      this.#quietUntil = performance.now() + this.#pause;
      this.#pause = Math.min(2 * this.#pause, longestPauseMilliseconds);
    }
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const steps = [this.#step, ...this.#beside].join(', ');
    const parts = [steps, this.#detail, seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '');
    this.#frame = (this.#frame + 1) % frames.length;
    const text = stripVTControlCharacters(parts.join(' · ')).slice(0, (this.#stream.columns || 80) - 3);
    this.#stream.write(`\r\x1b[2K${this.#paint('cyan', frames[this.#frame] ?? '')} ${text}`);
  }

  #clear(): void {
    if (this.#live && this.#step !== '') this.#stream.write('\r\x1b[2K');
  }
}
