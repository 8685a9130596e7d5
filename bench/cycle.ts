import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'yaml';
import { applyDefinition } from '../cli/applyDefinition.ts';
import { loadFlights } from '../cli/demo/loadFlights.ts';
import { connect } from '../cli/session.ts';
import { awaitCycle, startCycle } from '../cli/startCycle.ts';
import { windowsOf } from '../gate/windows.ts';
import { openLedger } from '../ledger/openLedger.ts';
import type { Definition } from '../schemas/definition.ts';
import { pythonBin } from '../stack/home.ts';
import { startStack } from '../stack/stack.ts';
import { openStore } from '../store/openStore.ts';
import { type Benchmark, median, rounded, say } from './benchmark.ts';

const root = join(import.meta.dirname, '..');
/** The first makes a champion for the others to meet, and warms everything up; it is not counted. */
const asOfs = ['2001-05-14', '2001-05-21', '2001-05-28', '2001-06-04'];
const windows = { horizon: 'PT0S', lag: 'PT0S', train: 'P61D', holdout: 'P1W' };

interface ScriptRun {
  readonly seconds: number;
  readonly rows: number[];
  readonly imports: number;
}

/** The wall time of a cycle at 1.0 M training rows, over that of the notebook way and of a well-tuned plain script. */
export default async function cycle(): Promise<Benchmark> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-bench-cycle-'));
  const env = { ...process.env, REIGN_HOME: join(folder, 'home') };
  const stack = await startStack({ env, report: say });
  const { settings } = stack;
  const ledger = openLedger(settings.ledgerUrl);
  const store = openStore(settings.store);
  const client = await connect(settings.temporal, store);
  try {
    await loadFlights(settings, say, new AbortController().signal);
    const path = writeDefinition(folder);
    await applyDefinition({ client, ledger, store, appliedBy: 'bench' }, path);

    const script = (name: 'notebook' | 'tuned', asOf: string) =>
      runScript(name, asOf, folder, settings.connections.warehouse ?? '', settings.trackerUri);
    const reign = async (asOf: string): Promise<number> => {
      const started = performance.now();
      const { id } = await startCycle(client, ledger, {
        model: 'flight-delay',
        asOf,
        trigger: 'manual',
        now: new Date(),
      });
      const done = await awaitCycle(client, ledger, id, {});
      if (done.status === 'failed') throw new Error(`the cycle failed: ${done.summary}`);
      return (performance.now() - started) / 1000;
    };

    const times = { reign: [] as number[], notebook: [] as ScriptRun[], tuned: [] as ScriptRun[] };
    for (const [turn, asOf] of asOfs.entries()) {
      const one = await reign(asOf);
      const other = await script('tuned', asOf);
      const third = await script('notebook', asOf);
      say(
        `${asOf}: reign ${one.toFixed(1)} s, tuned ${other.seconds.toFixed(1)} s, notebook ${third.seconds.toFixed(1)} s${turn === 0 ? ' (not counted)' : ''}`,
      );
      if (turn === 0) continue;
      times.reign.push(one);
      times.tuned.push(other);
      times.notebook.push(third);
    }
    const over = (peer: ScriptRun[]) =>
      rounded(median(times.reign.map((seconds, turn) => seconds / (peer[turn]?.seconds ?? Number.NaN))));
    const withoutImports = (peer: ScriptRun[]) =>
      rounded(
        median(
          times.reign.map(
            (seconds, turn) => seconds / ((peer[turn]?.seconds ?? Number.NaN) - (peer[turn]?.imports ?? 0)),
          ),
        ),
      );
    return {
      ratios: { to_notebook: over(times.notebook), to_tuned: over(times.tuned) },
      measured: {
        rows: times.tuned[0]?.rows ?? [],
        reign_seconds: times.reign.map(rounded),
        tuned_seconds: times.tuned.map(({ seconds }) => rounded(seconds)),
        notebook_seconds: times.notebook.map(({ seconds }) => rounded(seconds)),
        tuned_import_seconds: times.tuned.map(({ imports }) => imports),
        to_notebook_without_its_imports: withoutImports(times.notebook),
        to_tuned_without_its_imports: withoutImports(times.tuned),
      },
    };
  } finally {
    await client.connection.close();
    await ledger.close();
    await stack.stop({ now: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The flights example with longer windows. */
function writeDefinition(folder: string): string {
  const example = join(root, 'examples/flights');
  const own = join(folder, 'flights');
  mkdirSync(own);
  cpSync(join(example, 'pipeline.py'), join(own, 'pipeline.py'));
  const definition = parse(readFileSync(join(example, 'flight-delay.yaml'), 'utf8')) as Definition;
  const path = join(own, 'flight-delay.yaml');
  writeFileSync(path, stringify({ ...definition, windows }));
  return path;
}

/** One of the two peers, as a person starts it: a process of its own, from its imports to its end. */
async function runScript(
  name: 'notebook' | 'tuned',
  asOf: string,
  folder: string,
  url: string,
  trackerUri: string,
): Promise<ScriptRun> {
  const { train, holdout } = windowsOf(`${asOf}T00:00:00Z`, windows);
  const day = (instant: string) => instant.slice(0, 10);
  const args = [
    ...[
      join(import.meta.dirname, 'cycle', `${name}.py`),
      '--url',
      name === 'notebook' ? url.replace(/^postgres(ql)?:/, 'postgresql+psycopg:') : url,
    ],
    ...['--train-from', day(train.from), '--train-to', day(train.to), '--holdout-to', day(holdout.to)],
    ...['--pipeline', join(root, 'examples/flights'), '--model', `${name}-flights`],
    ...(name === 'tuned' ? ['--store', join(folder, 'tuned', asOf)] : []),
  ];
  const started = performance.now();
  const child = spawn(join(pythonBin, 'python'), args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONPATH: join(root, 'trainer'),
      MLFLOW_TRACKING_URI: trackerUri,
      MLFLOW_ALLOW_PICKLE_DESERIALIZATION: 'true',
    },
  });
  const exit = once(child, 'exit');
  const [answer, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exit;
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${name}.py ended with ${code}:\n${complaints.slice(-2000)}`);
  const last =
    answer
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')) ?? '{}';
  return { seconds, ...(JSON.parse(last) as { rows: number[]; imports: number }) };
}
