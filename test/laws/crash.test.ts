import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import type { Cycle } from '../../schemas/cycle.ts';
import { temporaryFolder, until } from '../stack/testHome.ts';
import { Reign } from './reign.ts';
import { loansFolder } from './servers.ts';

const asOfs = ['2024-03-04', '2024-03-18', '2024-04-01', '2024-04-15', '2024-04-29', '2024-05-13'] as const;

/** Who is killed, each twice while the cycle of one asOf runs. */
const victims = ['worker', 'trainer', 'temporal', 'mlflow', "mlflow's group", 'reign dev'] as const;

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

async function kill(reign: Reign, victim: (typeof victims)[number]): Promise<void> {
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

async function promotionsByCycle(reign: Reign): Promise<number[]> {
  const client = new Client({ connectionString: reign.settings.ledgerUrl });
  await client.connect();
  const { rows } = await client.query<{ count: number }>(
    'select count(*)::int as count from reign.promotions group by cycle',
  );
  await client.end();
  return rows.map(({ count }) => count);
}

describe('law 5: every step may die', () => {
  it('and the cycles end as undisturbed ones do', { timeout: 900_000 }, async () => {
    const undisturbed = await prepared();
    const expected: Cycle[] = [];
    const seconds: number[] = [];
    for (const asOf of asOfs) {
      const started = performance.now();
      expected.push(await undisturbed.retrain('loans', asOf));
      seconds.push((performance.now() - started) / 1000);
    }
    const counts = await inMlflow(undisturbed);
    await undisturbed.end();
    expect(undisturbed.processes()).toEqual([]);
    expect(expected.map(({ status }) => status)).toContain('promoted');

    const reign = await prepared();
    for (const [at, asOf] of asOfs.entries()) {
      const victim = victims[at] ?? 'worker';
      expect(await reign.run('retrain', 'loans', '--as-of', asOf)).toMatchObject({ code: 0 });
      for (const round of [1, 2]) {
        const delay = (Math.random() * (seconds[at] ?? 5) * 1000) / 2;
        await sleep(delay);
        console.log(`${asOf}: kill ${round} of ${victim} after ${Math.round(delay)} ms`);
        await kill(reign, victim);
      }
      const cycle = await reign.retrain('loans', asOf);
      expect(essence(cycle), `after killing ${victim}`).toEqual(essence(expected[at] as Cycle));
    }
    expect(await inMlflow(reign)).toEqual(counts);
    expect(counts).toEqual({ versions: asOfs.length, runs: asOfs.length });
    expect(await promotionsByCycle(reign)).toEqual((await promotionsByCycle(reign)).map(() => 1));
    await reign.end();
    expect(reign.processes()).toEqual([]);
  });
});
