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

/** One of the things that are being done. */
export interface ShownTask {
  readonly step: string;
  /** Changes often. */
  readonly detail: string;
  /** Whether it waits for something that the detail names: a server that does not answer, a worker. */
  readonly waits: boolean;
}

/** What a person sees on stderr while something takes long: one line that changes on a terminal, else a line a step. */
export class ProgressLine {
  readonly #stream: Terminal;
  readonly #live: boolean;
  readonly #paint: Paint;
  #timer: NodeJS.Timeout | undefined;
  #steps: readonly string[] = [];
  #text = '';
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

  /** What is being done now; the detail may change often. */
  at(step: string, detail = ''): void {
    this.tasks([{ step, detail, waits: false }]);
  }

  /** Steps that have begun, in order: without a terminal a line each. */
  begun(steps: readonly string[]): void {
    if (this.#live) return;
    for (const step of steps) this.#stream.write(`${step}\n`);
  }

  /**
   * All that is being done now. Without a terminal each task is a line of its own when it begins; what is waited for is said
   * at first, and then at growing intervals.
   *
   * @param begun the steps that have begun since the last call, where that is known: some may be over already. Default: those
   *   tasks that were not there
   */
  tasks(tasks: readonly ShownTask[], begun?: readonly string[]): void {
    const steps = tasks.map(({ step }) => step);
    this.begun(begun ?? steps.filter((step) => !this.#steps.includes(step)));
    if (steps.join() !== this.#steps.join()) this.#since = performance.now();
    this.#steps = steps;
    this.#text = tasks.map(({ step, detail }) => [step, detail].filter(Boolean).join(' · ')).join(' + ');
    if (!this.#live) {
      const waiting = tasks.filter(({ waits }) => waits).map(({ step, detail }) => `${step}: ${detail}`);
      this.#sayWaiting(waiting.join('\n'));
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
    this.#steps = [];
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
    const parts = [this.#text, seconds > 0 ? `${seconds} s` : ''].filter((part) => part !== '');
    this.#frame = (this.#frame + 1) % frames.length;
    const text = stripVTControlCharacters(parts.join(' · ')).slice(0, (this.#stream.columns || 80) - 3);
    this.#stream.write(`\r\x1b[2K${this.#paint('cyan', frames[this.#frame] ?? '')} ${text}`);
  }

  #clear(): void {
    if (this.#live && this.#steps.length > 0) this.#stream.write('\r\x1b[2K');
  }
}
