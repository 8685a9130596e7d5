import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import type { Cycle } from '../../schemas/cycle.ts';
import { temporaryFolder, until } from '../stack/testHome.ts';
import { Reign } from './reign.ts';
import { loansFolder } from './servers.ts';

const asOfs = ['2024-03-04', '2024-03-18', '2024-04-01', '2024-04-15', '2024-04-29', '2024-05-13'] as const;

/** Who is killed, each twice while the cycle of one asOf runs: during the first step, then during the second. */
const victims = [
  ['worker', 'fit', 'evaluate'],
  ['trainer', 'fit', 'evaluate'],
  ['temporal', 'score', 'evaluate'],
  ['mlflow', 'fit', 'evaluate'],
  ["mlflow's group", 'fit', 'score'],
  ['reign dev', 'fit', 'evaluate'],
] as const;
type Victim = (typeof victims)[number][0];

async function prepared(): Promise<Reign> {
  const reign = new Reign(temporaryFolder());
  await reign.start();
  await reign.loadLoans();
  expect(await reign.run('apply', `${loansFolder}/loans.yaml`)).toMatchObject({ code: 0 });
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
    seconds: 60,
    every: 250,
  });
}

async function inMlflow(reign: Reign): Promise<{ versions: number; runs: number }> {
  const { trackerUri } = reign.settings;
  const answer = async (path: string, body?: unknown) => {
    const request =
      body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return (await fetch(`${trackerUri}/api/2.0/mlflow/${path}`, request)).json() as Promise<Record<string, unknown[]>>;
  };
  const filter = encodeURIComponent("name='loans'");
  const { model_versions: versions = [] } = await answer(`model-versions/search?filter=${filter}&max_results=1000`);
  const { experiments = [] } = await answer('experiments/search', { max_results: 100 });
  const ids = (experiments as { experiment_id: string }[]).map((experiment) => experiment.experiment_id);
  const { runs = [] } = await answer('runs/search', { experiment_ids: ids, max_results: 1000 });
  return { versions: versions.length, runs: runs.length };
}

async function ask<Row extends object>(reign: Reign, query: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: reign.settings.ledgerUrl });
  await client.connect();
  const { rows } = await client.query<Row>(query, [...values]);
  await client.end();
  return rows;
}

/** Who reigned and whom each beat, without the clock. */
const promotions = (reign: Reign) =>
  ask(reign, 'select epoch, cycle, version, judgement_number, reason from reign.promotions order by epoch');

/** Waits until a step of the cycle is being worked on; by the ledger, too, the cycle has not ended. */
async function untilAt(reign: Reign, id: string, step: string): Promise<void> {
  const connection = await Connection.connect({ address: reign.settings.temporal.address });
  try {
    const handle = new TemporalClient({ connection }).workflow.getHandle(id);
    await until(
      `${id} is at ${step}`,
      async () => {
        const { raw } = await handle.describe();
        return raw.pendingActivities?.some(({ activityType }) => activityType?.name === step) ?? false;
      },
      // An activity of a worker that died is only tried again after its two minutes.
      { seconds: 240, every: 100 },
    );
  } finally {
    await connection.close();
  }
  expect(await ask(reign, 'select status from reign.cycles where id = $1', [id])).toEqual([{ status: 'running' }]);
}

interface Left {
  readonly cycles: readonly Cycle[];
  readonly counts: Awaited<ReturnType<typeof inMlflow>>;
  readonly promotions: Awaited<ReturnType<typeof promotions>>;
}

/** Runs the cycles on a Reign of their own, and says what they left behind; in the end no process is left. */
async function left(run: (reign: Reign, asOf: string, at: number) => Promise<Cycle>): Promise<Left> {
  const reign = await prepared();
  const cycles: Cycle[] = [];
  for (const [at, asOf] of asOfs.entries()) cycles.push(await run(reign, asOf, at));
  const all = { cycles, counts: await inMlflow(reign), promotions: await promotions(reign) };
  await reign.end();
  expect(reign.processes()).toEqual([]);
  return all;
}

async function disturbed(reign: Reign, asOf: string, at: number): Promise<Cycle> {
  const [victim, ...steps] = victims[at] ?? [];
  if (victim === undefined) throw new Error(`nobody is killed at ${asOf}`);
  expect(await reign.run('retrain', 'loans', '--as-of', asOf)).toMatchObject({ code: 0 });
  for (const step of steps) {
    await untilAt(reign, `loans.live.${asOf.replaceAll('-', '')}T000000Z.v1`, step);
    await kill(reign, victim);
  }
  return reign.retrain('loans', asOf);
}

describe('law 5: every step may die', () => {
  it('and the cycles end as undisturbed ones do', { timeout: 900_000 }, async () => {
    const expected = await left((reign, asOf) => reign.retrain('loans', asOf));
    const found = await left(disturbed);
    expect(expected.cycles.map(({ status }) => status)).toContain('promoted');
    expect(expected.counts).toEqual({ versions: asOfs.length, runs: asOfs.length });
    for (const [at, cycle] of expected.cycles.entries()) {
      const other = found.cycles[at];
      expect(other && essence(other), `after killing ${victims[at]?.[0]}`).toEqual(essence(cycle));
    }
    expect(found.counts).toEqual(expected.counts);
    expect(found.promotions).toEqual(expected.promotions);
  });
});
