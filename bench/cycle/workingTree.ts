import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';

/** One activity of a cycle, in seconds since its workflow began. */
export interface TimedStep {
  readonly name: string;
  readonly scheduled: number;
  readonly started: number;
  readonly ended: number;
}

export interface TimedCycle {
  readonly seconds: number;
  readonly steps: readonly TimedStep[];
}

interface Dev {
  readonly temporal: string;
  readonly ui: { readonly mlflow: string };
}

/** The Reign of a working tree, run as an operator runs it: this one, or another commit's beside it. */
export class WorkingTree {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #dev: Dev | undefined;

  constructor(folder: string, home: string, warehouse: string) {
    this.#folder = folder;
    this.#environment = { ...process.env, REIGN_HOME: home, REIGN_CONNECTION_WAREHOUSE: warehouse };
  }

  get trackerUri(): string {
    return this.#dev?.ui.mlflow ?? '';
  }

  async start(): Promise<void> {
    const dev = this.#spawn(['dev', '--json']);
    this.#process = dev;
    let said = '';
    dev.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    let printed = '';
    const up = new Promise<Dev>((resolve) => {
      if (dev.stdout === null) return;
      createInterface({ input: dev.stdout }).on('line', (line) => {
        printed += line;
        try {
          resolve(JSON.parse(printed) as Dev);
        } catch {
          // The document is not complete yet.
        }
      });
    });
    const died = once(dev, 'exit').then(() => Promise.reject(new Error(`reign dev ended: ${said.slice(-2000)}`)));
    died.catch(() => {});
    this.#dev = await Promise.race([up, died]);
  }

  async stop(): Promise<void> {
    const dev = this.#process;
    if (dev === undefined || dev.exitCode !== null) return;
    const ended = once(dev, 'exit');
    dev.kill('SIGTERM');
    await ended;
  }

  /** Runs one command, and gives the document that it prints. */
  async run(...args: string[]): Promise<unknown> {
    const child = this.#spawn([...args, '--json']);
    const exit = once(child, 'exit');
    const [printed, complaint] = await Promise.all([
      child.stdout && text(child.stdout),
      child.stderr && text(child.stderr),
    ]);
    const [code] = await exit;
    if (code !== 0) throw new Error(`reign ${args.join(' ')} ended with ${code}: ${printed} ${complaint}`);
    return JSON.parse(printed ?? '');
  }

  /** Runs a cycle to its end, and says how long its workflow took, and each activity of it. */
  async retrain(model: string, asOf: string): Promise<TimedCycle> {
    const { id } = (await this.run('retrain', model, '--as-of', asOf, '--wait')) as { id: string };
    const connection = await Connection.connect({ address: this.#dev?.temporal ?? '' });
    try {
      const { events } = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
      return timesOf(events ?? []);
    } finally {
      await connection.close();
    }
  }

  #spawn(args: string[]): ChildProcess {
    return spawn(join(this.#folder, 'node_modules/.bin/node'), ['cli/reign.ts', ...args], {
      cwd: this.#folder,
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}

type Events = NonNullable<Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events']>;

function timesOf(events: Events): TimedCycle {
  const at = ({ eventTime }: Events[number]) => Number(eventTime?.seconds ?? 0) + (eventTime?.nanos ?? 0) / 1e9;
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) throw new Error('a workflow without a history');
  const since = (event: Events[number] | undefined) => (event === undefined ? Number.NaN : at(event) - at(first));
  const byId = new Map(events.map((event) => [Number(event.eventId), event]));
  const steps = events.flatMap((event) => {
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed == null) return [];
    const scheduled = byId.get(Number(completed.scheduledEventId));
    const name = scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? '?';
    const started = byId.get(Number(completed.startedEventId));
    return [{ name, scheduled: since(scheduled), started: since(started), ended: since(event) }];
  });
  return { seconds: since(last), steps };
}
