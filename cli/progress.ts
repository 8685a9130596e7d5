import { stripVTControlCharacters } from 'node:util';
import { type Paint, paintFor } from './render/style.ts';

/** What is written to: stdout, stderr, or a test's list of texts. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** What a person sees on stderr while something takes long: one line that changes on a terminal, else a line a step. */
export class Progress {
  readonly #stream: Terminal;
  readonly #live: boolean;
  readonly #paint: Paint;
  #timer: NodeJS.Timeout | undefined;
  #step = '';
  #detail = '';
  #since = 0;
  #frame = 0;

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

  /** What is being done now; the detail may change often. */
  at(step: string, detail = ''): void {
    if (step !== this.#step) {
      this.#since = performance.now();
      if (!this.#live) this.#stream.write(`${step}\n`);
    }
    this.#step = step;
    this.#detail = detail;
    if (!this.#live) return;
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
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const parts = [this.#step, this.#detail, seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '');
    this.#frame = (this.#frame + 1) % frames.length;
    const text = stripVTControlCharacters(parts.join(' · ')).slice(0, (this.#stream.columns || 80) - 3);
    this.#stream.write(`\r\x1b[2K${this.#paint('cyan', frames[this.#frame] ?? '')} ${text}`);
  }

  #clear(): void {
    if (this.#live && this.#step !== '') this.#stream.write('\r\x1b[2K');
  }
}
