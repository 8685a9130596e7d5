import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../ledger/openLedger.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { loadSettings, type Settings } from '../../settings/settings.ts';
import { openStore } from '../../store/openStore.ts';
import { asking } from '../operations/asking.ts';
import { shareCache, temporaryFolder, until } from '../stack/testHome.ts';
import { storeSettings } from '../storePlace.ts';
import { Reign } from './reign.ts';
import { loansFolder } from './servers.ts';
import { takeTurn } from './sharedStack.ts';

const model = 'loans';

type Victim = 'worker' | 'trainer' | 'temporal' | 'mlflow' | "mlflow's group" | 'reign dev';

/** During which step of a cycle who is killed. Each dies twice, in two steps. */
const plans: readonly { readonly asOf: string; readonly kills: readonly (readonly [string, Victim])[] }[] = [
  {
    asOf: '2024-03-04',
    kills: [
      ['fit', 'worker'],
      ['score', 'temporal'],
      ['evaluate', 'worker'],
    ],
  },
  {
    asOf: '2024-03-18',
    kills: [
      ['fit', 'trainer'],
      ['evaluate', 'trainer'],
    ],
  },
  {
    asOf: '2024-04-01',
    kills: [
      ['fit', 'mlflow'],
      ['score', "mlflow's group"],
      ['evaluate', 'mlflow'],
    ],
  },
  {
    asOf: '2024-04-15',
    kills: [
      ['fit', "mlflow's group"],
      ['evaluate', 'temporal'],
    ],
  },
  {
    asOf: '2024-04-29',
    kills: [
      ['fit', 'reign dev'],
      ['evaluate', 'reign dev'],
    ],
  },
];

async function prepared(): Promise<Reign> {
  const home = temporaryFolder();
  shareCache(home);
  const reign = new Reign(home, storeSettings(home));
  await reign.start();
  await reign.loadLoans();
  await withAsking(reign.settings, (asked) => asked.apply(`${loansFolder}/loans.yaml`));
  return reign;
}

/** What must be equal however often something died: all of it but the clock and the number of attempts. */
const essence = ({ id, status, verdict, summary, evidence, snapshots, rows, primary }: Cycle) => ({
  id,
  status,
  verdict,
  summary,
  evidence,
  snapshots,
  rows,
  primary,
});

async function kill(reign: Reign, victim: Victim): Promise<void> {
  if (victim === 'reign dev') {
    await reign.end('SIGKILL');
    await reign.start();
    return;
  }
  const part = victim === "mlflow's group" ? 'mlflow' : victim;
  const pid = reign.leaderOf(part);
  if (pid === undefined) throw new Error(`${part} does not run`);
  process.kill(victim === "mlflow's group" ? -pid : pid, 'SIGKILL');
  await until(`${part} was started again`, () => ![undefined, pid].includes(reign.leaderOf(part)), {
    seconds: 180,
    every: 250,
  });
  if (victim === 'temporal') await until('Temporal answers', () => answers(reign), { seconds: 180, every: 250 });
}

async function answers({ settings }: Reign): Promise<boolean> {
  const { address } = settings.temporal;
  const connection = await Connection.connect({ address, connectTimeout: '1 second' }).catch(() => undefined);
  await connection?.close();
  return connection !== undefined;
}

async function inMlflow({ trackerUri }: Settings): Promise<{ versions: number; runs: number }> {
  const answer = async (path: string, body?: unknown) => {
    const request =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await fetch(`${trackerUri}/api/2.0/mlflow/${path}`, request)).json() as Promise<Record<string, unknown[]>>;
  };
  const filter = encodeURIComponent(`name='${model}'`);
  const { model_versions: versions = [] } = await answer(`model-versions/search?filter=${filter}&max_results=1000`);
  const { experiments = [] } = await answer('experiments/search', { max_results: 100, filter: `name = '${model}'` });
  const ids = (experiments as { experiment_id: string }[]).map((experiment) => experiment.experiment_id);
  const { runs = [] } = await answer('runs/search', { experiment_ids: ids, max_results: 1000 });
  return { versions: versions.length, runs: runs.length };
}

async function ask<Row extends object>({ ledgerUrl }: Settings, query: string, ...values: string[]): Promise<Row[]> {
  const client = new Client({ connectionString: ledgerUrl });
  await client.connect();
  const { rows } = await client.query<Row>(query, values);
  await client.end();
  return rows;
}

/** Who reigned and whom each beat, without the clock. */
const promotions = (settings: Settings) =>
  ask(
    settings,
    'select epoch, cycle, version, judgement_number, reason from reign.promotions where model = $1 order by epoch',
    model,
  );

/** Waits until a step of the cycle is being worked on. False where the cycle has ended: on a busy machine a look may come late. */
async function untilAt(reign: Reign, id: string, step: string): Promise<boolean> {
  const connection = await Connection.connect({ address: reign.settings.temporal.address });
  let isAt = false;
  try {
    const handle = new TemporalClient({ connection }).workflow.getHandle(id);
    await until(
      `${id} is at ${step}`,
      async () => {
        const { raw, status } = await handle.describe();
        isAt = raw.pendingActivities?.some(({ activityType }) => activityType?.name === step) ?? false;
        return isAt || status.name !== 'RUNNING';
      },
      // An activity of a worker that died is only tried again after its two minutes. Some steps take less than half a second.
      { seconds: 240, every: 40 },
    );
  } finally {
    await connection.close();
  }
  return isAt;
}

interface Left {
  readonly cycles: readonly Cycle[];
  readonly counts: Awaited<ReturnType<typeof inMlflow>>;
  readonly promotions: Awaited<ReturnType<typeof promotions>>;
}

async function left(settings: Settings, cycles: readonly Cycle[]): Promise<Left> {
  return { cycles, counts: await inMlflow(settings), promotions: await promotions(settings) };
}

/** Asks servers that run now: none of the connections outlives the question. */
async function withAsking<Answer>(
  settings: Settings,
  question: (asked: ReturnType<typeof asking>) => Promise<Answer>,
): Promise<Answer> {
  const store = openStore(settings.store);
  const client = await connectTemporal(settings.temporal, store);
  const ledger = openLedger(settings.ledgerUrl);
  try {
    return await question(asking({ client, ledger, store }));
  } finally {
    await ledger.close();
    await client.connection.close();
  }
}

/** What the cycles leave behind on the run's stack, where nobody is killed. */
async function undisturbed(): Promise<Left> {
  const turn = await takeTurn();
  const settings = loadSettings({ PATH: process.env.PATH, HOME: process.env.HOME, REIGN_HOME: turn.home });
  try {
    const cycles = await withAsking(settings, async (asked) => {
      await asked.apply(`${loansFolder}/loans.yaml`);
      const ended: Cycle[] = [];
      for (const { asOf } of plans) ended.push(await asked.retrain(model, asOf));
      return ended;
    });
    return await left(settings, cycles);
  } finally {
    turn.end();
  }
}

/** What they leave behind on a Reign of their own, whose parts are killed meanwhile; in the end no process is left. */
async function disturbed(): Promise<Left> {
  const reign = await prepared();
  const cycles: Cycle[] = [];
  let met = 0;
  for (const { asOf, kills } of plans) {
    const id = await withAsking(reign.settings, (asked) => asked.start(model, asOf));
    for (const [step, victim] of kills) {
      if (await untilAt(reign, id, step)) met += 1;
      await kill(reign, victim);
    }
    cycles.push(await withAsking(reign.settings, (asked) => asked.ended(id)));
  }
  expect(met).toBeGreaterThan(8);
  const all = await left(reign.settings, cycles);
  await reign.end();
  expect(reign.processes()).toEqual([]);
  return all;
}

describe('law 5: every step may die', () => {
  it('and the cycles end as undisturbed ones do', { timeout: 1_800_000 }, async () => {
    const [expected, found] = await Promise.all([undisturbed(), disturbed()]);
    expect(expected.cycles.map(({ status }) => status)).toContain('promoted');
    expect(expected.counts).toEqual({ versions: plans.length, runs: plans.length });
    for (const [at, cycle] of expected.cycles.entries()) {
      const other = found.cycles[at];
      expect(
        other && essence(other),
        `after killing ${plans[at]?.kills.map(([step, victim]) => `${victim} during ${step}`).join(', ')}`,
      ).toEqual(essence(cycle));
    }
    expect(found.counts).toEqual(expected.counts);
    expect(found.promotions).toEqual(expected.promotions);
  });
});
