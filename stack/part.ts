import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf } from '../schemas/errors.ts';
import { type Home, shown } from '../settings/home.ts';
import { type Kept, type KeptCommand, startKept } from './keeper.ts';
import { markerOf } from './leftovers.ts';
import { lastLine, openLog } from './logFile.ts';
import { isFree } from './ports.ts';

/** One part of the stack, as data: what runs, what must be there before, and how to tell that it is healthy. */
export interface Part extends Omit<KeptCommand, 'log'> {
  name: string;
  /** Ports on 127.0.0.1 that it listens on. */
  ports?: readonly number[];
  /** Done before each start, e.g. removing what the last run left. */
  beforeStart?: () => void | Promise<void>;
  /** Asked again and again until it answers true. It may throw: that counts as not yet. */
  isHealthy: () => boolean | Promise<boolean>;
  /** Done once, when it is healthy for the first time. */
  afterStart?: () => Promise<void>;
  /** Default: 180; a machine that is busy with other work needs long. */
  healthyWithinSeconds?: number;
}

/** A part that is being kept running. */
export interface RunningPart {
  name: string;
  /** Its keeper, while one runs. */
  current(): Kept | undefined;
  /** Fulfilled with one line when it has died too often and is given up. */
  givenUp: Promise<string>;
  stop(): Promise<void>;
}

const DEATHS = 5;
const WITHIN_MILLISECONDS = 60_000;
const BACKOFF_MILLISECONDS = [100, 500, 1000, 2000];
const POLL_MILLISECONDS = 50;

export interface PartContext {
  home: Home;
  report: (line: string) => void;
  /** Called whenever a keeper starts or ends. */
  onKeepersChange: () => void;
}

/** Where a part's output goes. */
export function logOf(home: Home, part: string): string {
  return join(home.logs, `${part}.log`);
}

/**
 * Starts a part and answers when it is healthy. From then on it is started again, on the same ports, when it dies.
 *
 * @param onStart called as soon as the part can be stopped
 * @throws StackError when it dies or is not healthy in time
 */
export async function startPart(
  part: Part,
  context: PartContext,
  onStart: (running: RunningPart) => void,
): Promise<void> {
  const { home, report } = context;
  const log = logOf(home, part.name);
  let kept: Kept | undefined;
  let launching: Promise<Kept> | undefined;
  let isStopped = false;
  const stopped = new AbortController();
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<string>();

  function launch(): Promise<Kept> {
    launching = launchNow();
    return launching;
  }

  async function launchNow(): Promise<Kept> {
    openLog(log);
    await part.beforeStart?.();
    if (isStopped) throw errorOf('StackFailed', 'stoppedEarly', { part: part.name });
    const started = startKept(markerOf(home, part.name), { ...part, log });
    kept = started;
    context.onKeepersChange();
    void started.ended.then(() => {
      kept = undefined;
      context.onKeepersChange();
    });
    return started;
  }

  async function untilHealthy(started: Kept): Promise<'healthy' | 'ended' | 'late'> {
    let ended = false;
    void started.ended.then(() => {
      ended = true;
    });
    const deadline = Date.now() + (part.healthyWithinSeconds ?? 180) * 1000;
    while (!ended) {
      // The deadline also bounds a check that hangs.
      const answer = await Promise.race([
        ask(part),
        started.ended.then(() => false),
        sleep(5000, false, { ref: false }),
      ]);
      if (ended) break;
      if (answer) return 'healthy';
      if (Date.now() > deadline) return 'late';
      await Promise.race([sleep(POLL_MILLISECONDS), started.ended]);
    }
    return 'ended';
  }

  async function why(how: string): Promise<string> {
    const taken: number[] = [];
    for (const port of part.ports ?? []) if (!(await isFree(port))) taken.push(port);
    const port = taken.length === 0 ? '' : ` Its port ${taken.join(', ')} is taken by another program.`;
    const said = lastLine(log);
    return `${how}.${port} Log: ${shown(log)}${said === undefined ? '' : `: ${said}`}`;
  }

  async function keepRunning(first: Kept): Promise<void> {
    let current = first;
    let deaths: number[] = [];
    while (!isStopped) {
      const ending = await current.ended;
      if (isStopped) return;
      const now = Date.now();
      deaths = [...deaths.filter((time) => now - time < WITHIN_MILLISECONDS), now];
      const reason = await why(`${part.name} ended unasked (${ending.how})`);
      if (deaths.length >= DEATHS)
        return giveUp(`${reason} It died ${deaths.length} times within a minute: giving up.`);
      report(`${reason} Starting it again.`);
      await sleep(BACKOFF_MILLISECONDS[deaths.length - 1], undefined, { signal: stopped.signal }).catch(() => {});
      if (isStopped) return;
      current = await launch();
      const outcome = await untilHealthy(current);
      if (isStopped) return;
      if (outcome === 'healthy') report(`${part.name} is back.`);
      // One that hangs is as good as dead.
      if (outcome === 'late') void current.stop();
    }
  }

  async function stop(): Promise<void> {
    isStopped = true;
    stopped.abort();
    await launching?.catch(() => {});
    await kept?.stop();
  }

  onStart({ name: part.name, current: () => kept, givenUp, stop });
  const started = await launch();
  const outcome = await untilHealthy(started);
  if (isStopped) throw errorOf('StackFailed', 'stoppedUnhealthy', { part: part.name });
  if (outcome === 'ended')
    throw errorOf('StackFailed', 'part', {
      problem: await why(`${part.name} did not start (${(await started.ended).how})`),
    });
  if (outcome === 'late') {
    const problem = await why(`${part.name} runs but was not healthy within ${part.healthyWithinSeconds ?? 180} s`);
    await stop();
    throw errorOf('StackFailed', 'part', { problem });
  }
  await part.afterStart?.();
  keepRunning(started).catch((error: unknown) => giveUp(`${part.name} cannot be started again: ${String(error)}`));
}

async function ask(part: Part): Promise<boolean> {
  try {
    return await part.isHealthy();
  } catch {
    return false;
  }
}
