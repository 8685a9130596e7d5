import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorOf } from '../schemas/errors.ts';
import type { Addresses, StackFile } from '../settings/addresses.ts';
import { childEnvironment } from '../settings/childEnvironment.ts';
import { processEnvironment } from '../settings/environment.ts';
import { type GivenSettings, givenSettings } from '../settings/givenSettings.ts';
import { type Home, homeOf, shown } from '../settings/home.ts';
import { writeJsonFile } from '../settings/jsonFile.ts';
import { refuseOtherSettings, runningStack } from '../settings/runningStack.ts';
import { requireParts, type Settings, settingsOf } from '../settings/settings.ts';
import { isAlive, thisProcess } from '../setup/processIdentity.mjs';
import { startHostGuard } from './hostGuard.ts';
import { liveLeases, takeLease } from './leases.ts';
import { clearLeftovers, noteKeepers } from './leftovers.ts';
import { mlflowPart } from './mlflow.ts';
import { tryOwnerLock } from './ownerLock.ts';
import { type Part, type PartContext, type RunningPart, startPart } from './part.ts';
import { choosePorts } from './ports.ts';
import { postgresPart } from './postgres.ts';
import { findPostgres } from './postgresPlace.ts';
import { databaseRoles, type EmbeddedDatabase, embeddedUrl } from './postgresRoles.ts';
import { keepPrivate } from './privateFolders.ts';
import { temporalPart } from './temporal.ts';
import { defaultWorkers, type WorkerProgram, workerPart } from './workers.ts';

export interface StackOptions {
  /** Default: this process's. */
  env?: NodeJS.ProcessEnv;
  /** Which programs work for Temporal. Default: the TypeScript worker and the Python trainer. */
  workers?: readonly WorkerProgram[];
  /** Done when the servers are healthy and before the workers start, e.g. the ledger's migrations. */
  beforeWorkers?: (settings: Settings) => Promise<void>;
  /** Gets one line a happening. Default: to stderr. */
  report?: (line: string) => void;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

/** A stack that is up. */
export interface Stack {
  addresses: Addresses;
  settings: Settings;
  /** Whether another process owns it, and this one only uses it. */
  attached: boolean;
  /** Seconds until each part was healthy. Empty when attached. */
  startTimes: Readonly<Record<string, number>>;
  /** Fulfilled when it is over: with the reason when it ended by itself, with undefined after `stop`. */
  ended: Promise<string | undefined>;
  /**
   * Stops what this process started, after those who also use it are done; `now` does not wait for them, and may be
   * asked for while an earlier call waits.
   */
  stop(options?: { now?: boolean }): Promise<void>;
}

const ATTACH_SECONDS = 180;

/**
 * Brings up all that the environment does not name, or joins the stack that runs in this home already.
 *
 * @throws ReignError StackFailed with one line, after everything that was started is stopped again
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const env = options.env ?? processEnvironment();
  const report = options.report ?? ((line: string) => process.stderr.write(`${line}\n`));
  const given = givenSettings(env);
  const home = homeOf(env);
  keepPrivate(home);
  const deadline = Date.now() + ATTACH_SECONDS * 1000;
  for (let tries = 0; ; tries++) {
    options.signal?.throwIfAborted();
    const release = tryOwnerLock(home.lockFile);
    if (release !== undefined) return await ownStack({ ...options, env, report }, home, given, release);
    const attached = attach(env, home, given);
    if (attached !== undefined) return attached;
    if (tries === 5) report(`Waiting for the stack of ${shown(home.folder)}, which another process starts or stops.`);
    if (Date.now() > deadline) {
      throw errorOf('StackFailed', 'otherStart', { home: shown(home.folder), seconds: ATTACH_SECONDS });
    }
    await sleep(200);
  }
}

/** Joins the running stack, if it is healthy. */
function attach(env: NodeJS.ProcessEnv, home: Home, given: GivenSettings): Stack | undefined {
  const file = runningStack(home);
  if (file === undefined) return undefined;
  const endLease = takeLease(home.leases);
  // An owner that stops removes the file first and then looks for leases.
  if (runningStack(home) === undefined) {
    endLease();
    return undefined;
  }
  try {
    refuseOtherSettings(given, file.addresses);
  } catch (error) {
    endLease();
    throw error;
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  const watch = setInterval(() => {
    if (isAlive(file.owner)) return;
    clearInterval(watch);
    end(`The process ${file.owner.pid} that ran the stack has ended, and the stack with it.`);
  }, 500);
  return {
    addresses: file.addresses,
    settings: completeSettings(env, given, file.addresses),
    attached: true,
    startTimes: {},
    ended,
    async stop() {
      clearInterval(watch);
      endLease();
      end(undefined);
    },
  };
}

const completeSettings = (env: NodeJS.ProcessEnv, given: GivenSettings, addresses: Addresses): Settings =>
  requireParts(settingsOf(env, given, addresses), 'ledgerUrl', 'temporal', 'trackerUri');

type OwnOptions = StackOptions & { env: NodeJS.ProcessEnv; report: (line: string) => void };

async function ownStack(options: OwnOptions, home: Home, given: GivenSettings, release: () => void): Promise<Stack> {
  const { env, report } = options;
  const parts: RunningPart[] = [];
  const guarding: Server[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<string | undefined>();
  let stopping: Promise<void> | undefined;

  function stopParts(): Promise<void> {
    stopping ??= (async () => {
      rmSync(home.stackFile, { force: true });
      for (const guard of guarding) guard.close().closeAllConnections();
      const servers = ['postgres', 'temporal', 'mlflow'];
      const isServer = (part: RunningPart): boolean => servers.includes(part.name);
      await Promise.all(parts.filter((part) => !isServer(part)).map((part) => part.stop()));
      await Promise.all(parts.filter(isServer).map((part) => part.stop()));
      rmSync(home.keepersFile, { force: true });
      release();
    })();
    return stopping;
  }

  const context: PartContext = {
    home,
    report,
    onKeepersChange: () => {
      if (stopping === undefined)
        noteKeepers(
          home,
          parts.flatMap((part) => part.current()?.keeper ?? []),
        );
    },
  };
  const onAbort = (): void => void stopParts();
  options.signal?.addEventListener('abort', onAbort);
  try {
    rmSync(home.stackFile, { force: true });
    await clearLeftovers(home, report);
    const { servers, guards, addresses } = await plan(home, given, env, report);
    for (const start of guards) guarding.push(await start());
    const settings = completeSettings(env, given, addresses);
    const environment = childEnvironment(env, given, settings);
    const workers = (options.workers ?? defaultWorkers).map((program) =>
      workerPart(home, program, environment, settings),
    );
    const startTimes = await startAll(
      servers,
      workers,
      () => options.beforeWorkers?.(settings),
      async (part) => {
        if (stopping !== undefined) throw errorOf('StackFailed', 'stopping');
        await startPart(part, context, (started) => parts.push(started));
      },
    );
    options.signal?.throwIfAborted();
    for (const part of parts) {
      void part.givenUp.then(async (line) => {
        report(line);
        await stopParts();
        end(line);
      });
    }
    writeJsonFile(home.stackFile, { owner: thisProcess(), addresses } satisfies StackFile);
    let isUrgent = false;
    return {
      addresses,
      settings,
      attached: false,
      startTimes,
      ended,
      async stop({ now = false } = {}) {
        isUrgent ||= now;
        await untilUnused(home, report, () => isUrgent || stopping !== undefined);
        await stopParts();
        end(undefined);
      },
    };
  } catch (error) {
    await stopParts();
    throw options.signal?.aborted ? options.signal.reason : error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

/** What has to be started, and where everything will be reached. */
async function plan(
  home: Home,
  given: GivenSettings,
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<{ servers: Part[]; guards: (() => Promise<Server>)[]; addresses: Addresses }> {
  const ports = await choosePorts(
    home.portsFile,
    ['postgres', 'temporal', 'temporalHttp', 'temporalUi', 'temporalPages', 'mlflow'],
    report,
  );
  const servers: Part[] = [];
  const guards: (() => Promise<Server>)[] = [];
  const ui: Addresses['ui'] = {};
  let { ledgerUrl, trackerUri } = given;
  const connections = { ...given.connections };
  const owners: Addresses['owners'] = { connections: {} };
  if (given.ledgerOwnerUrl !== undefined) owners.ledgerUrl = given.ledgerOwnerUrl;
  if (ledgerUrl === undefined || Object.keys(connections).length === 0) {
    const place = findPostgres(home, report);
    const databases: EmbeddedDatabase[] = [];
    const urlOf = (database: EmbeddedDatabase, who: 'owner' | 'guest') =>
      embeddedUrl(place, ports.postgres, database, databaseRoles[database][who]);
    if (ledgerUrl === undefined) {
      ledgerUrl = urlOf('ledger', 'guest');
      owners.ledgerUrl = urlOf('ledger', 'owner');
      databases.push('ledger');
    }
    if (connections.warehouse === undefined) {
      connections.warehouse = urlOf('warehouse', 'guest');
      owners.connections.warehouse = urlOf('warehouse', 'owner');
      databases.push('warehouse');
    }
    servers.push(postgresPart(home, place, ports.postgres, databases));
  }
  if (given.temporal === undefined) {
    const pages = { host: pageHost(), port: ports.temporalPages };
    servers.push(temporalPart(home, ports, pages, given.temporalNamespace, env));
    guards.push(() => startHostGuard(ports.temporalUi, pages));
    ui.temporal = `http://127.0.0.1:${ports.temporalUi}`;
  }
  if (trackerUri === undefined) {
    servers.push(mlflowPart(home, ports.mlflow, env));
    trackerUri = `http://127.0.0.1:${ports.mlflow}`;
    ui.mlflow = trackerUri;
  }
  const temporal = {
    address: given.temporal?.address ?? `127.0.0.1:${ports.temporal}`,
    namespace: given.temporal?.namespace ?? given.temporalNamespace,
  };
  const store = given.store ?? join(home.folder, 'store');
  return { servers, guards, addresses: { ledgerUrl, connections, owners, temporal, trackerUri, store, ui } };
}

/** Linux has sixteen million loopback addresses: behind one of them the pages are found through their guard alone. */
function pageHost(): string {
  const number = () => randomInt(1, 255);
  return process.platform === 'linux' ? `127.${number()}.${number()}.${number()}` : '127.0.0.1';
}

/** Starts the servers at once and the workers when theirs are healthy; answers how long each took. */
async function startAll(
  servers: readonly Part[],
  workers: readonly Part[],
  beforeWorkers: () => Promise<void> | undefined,
  start: (part: Part) => Promise<void>,
): Promise<Record<string, number>> {
  const began = performance.now();
  const times: Record<string, number> = {};
  const timed = async (part: Part): Promise<void> => {
    await start(part);
    times[part.name] = Math.round(performance.now() - began) / 1000;
  };
  const starts = new Map(servers.map((part) => [part.name, timed(part)]));
  // MLflow is asked only while an activity runs, and takes the longest.
  const ready = Promise.all([starts.get('postgres'), starts.get('temporal')]).then(() => beforeWorkers());
  await Promise.all([...starts.values(), ready, ...workers.map((part) => ready.then(() => timed(part)))]);
  return times;
}

/** Waits until no other process uses the stack. */
async function untilUnused(home: Home, report: (line: string) => void, isEnough: () => boolean): Promise<void> {
  let told = '';
  while (!isEnough()) {
    const leases = liveLeases(home.leases);
    if (leases.length === 0) return;
    const users = leases.map((lease) => `${lease.program} (process ${lease.pid})`).join(', ');
    if (users !== told) report(`Still in use by ${users}: stopping when that is done. Ctrl-C again stops at once.`);
    told = users;
    await sleep(200);
  }
}
