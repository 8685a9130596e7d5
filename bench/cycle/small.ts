import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { parse, stringify } from 'yaml';
import { windowsOf } from '../../gate/windows.ts';
import type { Definition } from '../../schemas/definition.ts';
import { startPostgres } from '../../test/postgres.ts';
import { type Benchmark, median, print, rounded } from '../benchmark.ts';
import { runScript, type ScriptRun } from './runScript.ts';
import { type TimedCycle, type TimedStep, WorkingTree } from './workingTree.ts';

const root = join(import.meta.dirname, '../..');
const loans = join(root, 'test/laws/loans');
/** The first makes a champion for the others to meet, and warms everything up; it is not counted. */
const asOfs = ['2024-05-20', '2024-05-27', '2024-06-03', '2024-06-10', '2024-06-17', '2024-06-24'];
/** A loan every seven minutes: 20,160 rows to train on. */
const windows = { horizon: 'PT0S', lag: 'PT0S', train: 'P98D', holdout: 'P2W' };

/**
 * The wall time of a cycle of 20,000 rows and a logistic regression, over that of a well-tuned plain script that leaves
 * the same, and, with `tree`, over that of another working tree (of an older commit) in the same sitting.
 */
export async function smallCycle(tree: string | undefined): Promise<Benchmark> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-bench-small-'));
  const warehouse = await startPostgres();
  const url = `${warehouse.url}postgres`;
  const trees = { reign: root, ...(tree !== undefined && { other: tree }) };
  const running = new Map<string, WorkingTree>();
  const times = new Map<string, TimedCycle[]>();
  const tuned: ScriptRun[] = [];
  try {
    await fill(url);
    const path = writeDefinition(folder);
    for (const [name, place] of Object.entries(trees)) {
      const one = new WorkingTree(place, join(folder, name), url);
      running.set(name, one);
      times.set(name, []);
      await one.start();
      await one.run('apply', path);
    }
    for (const [turn, asOf] of asOfs.entries()) {
      const said: string[] = [];
      for (const [name, one] of running) {
        const timed = await one.retrain('loans', asOf);
        said.push(`${name} ${timed.seconds.toFixed(2)} s`);
        if (turn > 0) times.get(name)?.push(timed);
      }
      const { train, holdout } = windowsOf(`${asOf}T00:00:00Z`, windows);
      const script = await runScript({
        name: 'tuned',
        data: 'loans',
        days: [train.from, train.to, holdout.to].map((instant) => instant.slice(0, 10)),
        pipeline: join(folder, 'loans'),
        url,
        trackerUri: running.get('reign')?.trackerUri ?? '',
        folder,
        store: join(folder, 'tuned', asOf),
      });
      if (turn > 0) tuned.push(script);
      const load = loadavg()[0]?.toFixed(1);
      print(
        `${asOf}: ${said.join(', ')}, tuned ${script.seconds.toFixed(2)} s${turn === 0 ? ' (not counted)' : ''}, load ${load}`,
      );
    }
  } finally {
    for (const one of running.values()) await one.stop();
    await warehouse.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = (name: string) => (times.get(name) ?? []).map((timed) => timed.seconds);
  const over = (peers: readonly number[]) =>
    rounded(median(seconds('reign').map((own, turn) => own / (peers[turn] ?? Number.NaN))));
  return {
    ratios: {
      to_tuned: over(tuned.map((script) => script.seconds)),
      ...(tree !== undefined && { to_other: over(seconds('other')) }),
    },
    measured: {
      rows: tuned[0]?.rows ?? [],
      reign_seconds: seconds('reign').map(rounded),
      tuned_seconds: tuned.map((script) => rounded(script.seconds)),
      tuned_import_seconds: tuned.map(({ imports }) => imports),
      reign_step_seconds: stepsOf(times.get('reign') ?? []),
      ...(tree !== undefined && {
        other_seconds: seconds('other').map(rounded),
        other_step_seconds: stepsOf(times.get('other') ?? []),
      }),
    },
  };
}

/** How long each activity took, by name, with how long it waited before; and the time when none ran. Medians. */
function stepsOf(cycles: readonly TimedCycle[]): string {
  // Those that run side by side end in another order each time.
  const names = new Set(cycles.flatMap(({ steps }) => steps.map(({ name }) => name)));
  const lines = [...names].map((name) => {
    const of = (take: (step: TimedStep) => number) =>
      median(cycles.map(({ steps }) => sum(steps.filter((step) => step.name === name).map(take)))).toFixed(2);
    return `${name} ${of(({ started, ended }) => ended - started)} (+${of(({ scheduled, started }) => started - scheduled)})`;
  });
  return [...lines, `gaps ${median(cycles.map(gapsOf)).toFixed(2)}`].join(', ');
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Seconds in which no activity was being worked on. */
function gapsOf({ seconds, steps }: TimedCycle): number {
  let [covered, until] = [0, 0];
  for (const { started, ended } of steps.toSorted((one, other) => one.started - other.started)) {
    covered += Math.max(0, ended - Math.max(started, until));
    until = Math.max(until, ended);
  }
  return seconds - covered;
}

async function fill(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(readFileSync(join(loans, 'loans.sql'), 'utf8'));
  } finally {
    await client.end();
  }
}

/** The loans of the tests with longer windows. */
function writeDefinition(folder: string): string {
  const own = join(folder, 'loans');
  mkdirSync(own);
  cpSync(join(loans, 'pipeline.py'), join(own, 'pipeline.py'));
  const definition = parse(readFileSync(join(loans, 'loans.yaml'), 'utf8')) as Definition;
  const path = join(own, 'loans.yaml');
  writeFileSync(path, stringify({ ...definition, windows }));
  return path;
}
