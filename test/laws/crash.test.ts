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
  await until(`${part} was started again`, () => ![undefined, pid].includes(reign.leaderOf(part)), 60);
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
      60,
    );
  } finally {
    await connection.close();
  }
  expect(await ask(reign, 'select status from reign.cycles where id = $1', [id])).toEqual([{ status: 'running' }]);
}

describe('law 5: every step may die', () => {
  it('and the cycles end as undisturbed ones do', { timeout: 900_000 }, async () => {
    const undisturbed = await prepared();
    const expected: Cycle[] = [];
    for (const asOf of asOfs) expected.push(await undisturbed.retrain('loans', asOf));
    const counts = await inMlflow(undisturbed);
    const reigns = await promotions(undisturbed);
    await undisturbed.end();
    expect(undisturbed.processes()).toEqual([]);
    expect(expected.map(({ status }) => status)).toContain('promoted');
    expect(counts).toEqual({ versions: asOfs.length, runs: asOfs.length });

    const reign = await prepared();
    for (const [at, [victim, ...steps]] of victims.entries()) {
      const [asOf = '', undisturbedCycle] = [asOfs[at], expected[at]];
      expect(await reign.run('retrain', 'loans', '--as-of', asOf)).toMatchObject({ code: 0 });
      for (const step of steps) {
        await untilAt(reign, `loans.live.${asOf.replaceAll('-', '')}T000000Z.v1`, step);
        await kill(reign, victim);
      }
      const cycle = await reign.retrain('loans', asOf);
      expect(essence(cycle), `after killing ${victim}`).toEqual(undisturbedCycle && essence(undisturbedCycle));
    }
    expect(await inMlflow(reign)).toEqual(counts);
    expect(await promotions(reign)).toEqual(reigns);
    await reign.end();
    expect(reign.processes()).toEqual([]);
  });
});
