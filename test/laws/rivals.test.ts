import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivities } from '../../activities/create.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { heldPromotions } from '../../ledger/heldPromotions.ts';
import { history } from '../../ledger/history.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { prepareLedger } from '../../ledger/prepareLedger.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import { perform } from '../../operations/operation.ts';
import { rollbackOperation } from '../../operations/rollback.ts';
import { osUser } from '../../schemas/actor.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { ReignError } from '../../schemas/errors.ts';
import { workerQueue } from '../../schemas/queues.ts';
import type { PromotionRequest } from '../../schemas/steps.ts';
import { limitsOf } from '../../settings/limits.ts';
import type { Stack } from '../../stack/stack.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { localObjects } from '../../store/localObjects.ts';
import { getAlias } from '../../tracker/registry.ts';
import { championAlias } from '../../tracker/tags.ts';
import { openWorld } from '../../worker/openWorld.ts';
import { workflowBundle } from '../../worker/workflowBundle.ts';
import { runCommand } from '../cli/runCommand.ts';
import { asking } from '../operations/asking.ts';
import { s3Credentials, startS3Server } from '../s3Server.ts';
import { quietRuntime } from '../workflows/quietRuntime.ts';
import { closing } from './closing.ts';
import { loadLoans, loansFolder, startServers } from './servers.ts';

const model = 'loans';

/** Holds every promotion back until the test lets it go: so that two challengers have both won before either is crowned. */
class Doors {
  readonly #waiting = new Map<string, () => void>();
  readonly #arrivals: (() => void)[] = [];

  async pass(id: string): Promise<void> {
    const opened = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    for (const tell of this.#arrivals.splice(0)) tell();
    await opened;
  }

  async untilWaiting(id: string): Promise<void> {
    while (!this.#waiting.has(id)) await new Promise<void>((resolve) => this.#arrivals.push(resolve));
  }

  open(id: string): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}

describe('law 2: a promotion names whom it beat, here with the store in S3', () => {
  const open = closing();
  const doors = new Doors();
  let isHeld = false;
  let stack: Stack;
  let run: (asOf: string) => Promise<{ id: string; ended: Promise<Cycle> }>;
  let ledger: ReturnType<typeof openWorld>['ledger'];
  let db: (typeof ledger)['db'];
  let tracker: ReturnType<typeof openWorld>['tracker'];
  let client: Client;

  beforeAll(async () => {
    const s3 = await open(startS3Server(), async (started) => started.stop());
    const env = { REIGN_STORE: await s3.makePlace(), ...s3Credentials };
    stack = await open(startServers(['trainer'], { prepare: async () => env }), (started) =>
      started.stop({ now: true }),
    );
    quietRuntime();
    const world = openWorld(stack.settings, limitsOf({}));
    ({ ledger, tracker } = world);
    db = ledger.db;
    await prepareLedger(world.ledger, stack.settings.ledgerOwnerUrl);
    client = await open(connectTemporal(stack.settings.temporal, world.store), (opened) => opened.connection.close());
    const activities = createActivities(world, client);
    const worker = await Worker.create({
      taskQueue: workerQueue,
      dataConverter: { payloadCodecs: [claimCheck(world.store)] },
      workflowBundle: await workflowBundle(stack.settings.home),
      connection: await open(NativeConnection.connect({ address: stack.settings.temporal.address }), (opened) =>
        opened.close(),
      ),
      activities: {
        ...activities,
        promote: async (request: PromotionRequest) => {
          if (isHeld) await doors.pass(request.cycle.id);
          return activities.promote(request);
        },
      },
    });
    const ended = worker.run();
    await open(Promise.resolve(worker), async () => {
      worker.shutdown();
      await ended;
      await world.ledger.close();
    });
    await loadLoans(stack.settings);
    const ask = asking({ client, ledger: world.ledger, store: world.store });
    await ask.apply(`${loansFolder}/loans.yaml`);
    run = async (asOf) => {
      const id = await ask.start(model, asOf);
      return { id, ended: ask.ended(id) };
    };
    const first = await run('2024-03-04');
    expect((await first.ended).status).toBe('promoted');
  }, 240_000);

  afterAll(() => open.all());

  async function twoWinners(earlierAsOf: string, laterAsOf: string) {
    isHeld = true;
    const [earlier, later] = [await run(earlierAsOf), await run(laterAsOf)];
    // One that does not win never comes to a door: then what became of it is said instead of waited for.
    for (const { id, ended } of [earlier, later]) {
      const settled = await Promise.race([doors.untilWaiting(id), ended]);
      if (settled !== undefined) throw new Error(`${id} did not win: ${JSON.stringify(settled)}`);
    }
    isHeld = false;
    return { earlier, later };
  }

  it('judges the later challenger again, against the one that came before it', async () => {
    const { earlier, later } = await twoWinners('2024-05-06', '2024-05-13');
    doors.open(earlier.id);
    const first = await earlier.ended;
    expect(first).toMatchObject({ status: 'promoted' });
    doors.open(later.id);
    const second = await later.ended;
    const judgements = await judgementsOf(db, later.id);
    expect(judgements.map(({ number }) => number)).toEqual([1, 2]);
    expect(judgements[1]?.champion).toBe(first.challenger);
    expect(judgements[1]?.epoch).toBe((judgements[0]?.epoch ?? 0) + 1);
    // By these data the later challenger wins again: it beats the earlier one, not only the champion of before.
    expect(judgements.map(({ verdict }) => verdict.kind)).toEqual(['promote', 'promote']);
    expect(second.status).toBe('promoted');
    expect(second.champion).toBe(first.challenger);
  });

  it('lets the earlier challenger give way to a champion of a later asOf', async () => {
    const { earlier, later } = await twoWinners('2024-06-24', '2024-07-01');
    doors.open(later.id);
    expect(await later.ended).toMatchObject({ status: 'promoted' });
    const reigning = await currentChampion(db, model, 'live');
    doors.open(earlier.id);
    expect(await earlier.ended).toMatchObject({ status: 'superseded' });
    expect(await currentChampion(db, model, 'live')).toEqual(reigning);
  });

  it('leaves a line of champions without a gap, each naming the one it beat', async () => {
    const reigns = (await history(db, model, 'live')).toSorted((one, other) => one.epoch - other.epoch);
    const cycleOf = (version: number | null) => reigns.find((reign) => reign.version === version)?.cycle;
    expect(reigns.map(({ epoch, cycle, beat }) => [epoch, cycle, cycleOf(beat)])).toEqual([
      [1, 'loans.live.20240304T000000Z.v1', undefined],
      [2, 'loans.live.20240506T000000Z.v1', 'loans.live.20240304T000000Z.v1'],
      [3, 'loans.live.20240513T000000Z.v1', 'loans.live.20240506T000000Z.v1'],
      [4, 'loans.live.20240701T000000Z.v1', 'loans.live.20240513T000000Z.v1'],
    ]);
  });

  it('leaves everything in the bucket, as it was judged, and nothing on this machine', async () => {
    const home = { REIGN_HOME: stack.settings.home, REIGN_STORE: stack.settings.store, ...s3Credentials };
    const verified = await runCommand(['verify', '--all', model], { env: home, now: new Date() });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('5 of 5 cycles agree') });
    expect(await localObjects(join(stack.settings.home, 'store')).list('.')).toEqual([]);
  });

  it('holds with three cycles and a rollback at once: the gate promotes nobody after it, and the alias names who reigns', async () => {
    isHeld = true;
    const cycles = await Promise.all(['2024-07-08', '2024-07-15', '2024-07-22'].map(run));
    const arrived = cycles.map(({ id, ended }) => {
      const atDoor = doors.untilWaiting(id).then(() => id);
      const before = ended.then(
        () => null,
        () => null,
      );
      return Promise.race([atDoor, before]);
    });
    const won = (await Promise.all(arrived)).filter((id) => id !== null);
    isHeld = false;
    expect(won.length).toBeGreaterThan(0);
    for (const id of won) doors.open(id);
    const rolled = await rollBackNow();
    for (const { id } of cycles)
      await expect
        .poll(async () => (await cycleById(db, id))?.status, { timeout: 180_000, interval: 500 })
        .not.toBe('running');
    // They end, or wait for a person: nothing follows them when the connection is closed.
    await Promise.allSettled(cycles.map(({ ended }) => ended));

    const reigns = await history(db, model, 'live');
    expect(reigns.map(({ epoch }) => epoch)).toEqual(reigns.map((_, at) => at + 1));
    expect(reigns.filter(({ kind }) => kind === 'rollback').map(({ epoch }) => epoch)).toEqual([rolled.epoch]);
    // Whoever came first was promoted before the rollback, or waits for a person now.
    expect(reigns.at(-1)).toMatchObject({ epoch: rolled.epoch, version: rolled.version, by: 'ada' });
    expect(await heldPromotions(db, { model, lineage: 'live', definitionVersion: 1 })).toMatchObject({ by: 'ada' });
    const aliased = async () => await getAlias(tracker, model, championAlias);
    await expect.poll(aliased, { interval: 500 }).toBe(rolled.version);
  }, 240_000);

  /** A person insists: where a challenger took the epoch first, they roll that one back. */
  async function rollBackNow(): Promise<{ epoch: number; version: number | null }> {
    for (;;) {
      try {
        return await perform(
          rollbackOperation,
          { ledger, tracker, temporal: async () => client, actor: osUser('ada') },
          { model, reason: 'complaints' },
        );
      } catch (error) {
        if (!(error instanceof ReignError) || error.situation !== 'moved') throw error;
      }
    }
  }
});
