import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { loadFlights } from '../cli/demo/loadFlights.ts';
import { readDefinitionFolder } from '../cli/readDefinitionFolder.ts';
import { windowsOf } from '../gate/windows.ts';
import { openLedger } from '../ledger/openLedger.ts';
import { applyOperation } from '../operations/apply.ts';
import { connectTemporal } from '../operations/connectTemporal.ts';
import { perform } from '../operations/operation.ts';
import { retrainOperation } from '../operations/retrain.ts';
import { osUser } from '../schemas/actor.ts';
import type { Definition } from '../schemas/definition.ts';
import { startStack } from '../stack/stack.ts';
import { openStore } from '../store/openStore.ts';
import { type Benchmark, type BenchmarkOptions, median, print, rounded } from './benchmark.ts';
import { runScript, type ScriptRun } from './cycle/runScript.ts';
import { smallCycle } from './cycle/small.ts';

const root = join(import.meta.dirname, '..');
/** The first makes a champion for the others to meet, and warms everything up; it is not counted. */
const asOfs = ['2001-05-14', '2001-05-21', '2001-05-28', '2001-06-04'];
const windows = { horizon: 'PT0S', lag: 'PT0S', train: 'P61D', holdout: 'P1W' };

/**
 * The wall time of a cycle at 1.0 M training rows, over that of the notebook way and of a well-tuned plain script. With
 * `--small` a cycle of 20,000 rows, and with `--tree FOLDER` that of another working tree in the same sitting.
 */
export default async function cycle({ small, tree }: BenchmarkOptions): Promise<Benchmark> {
  return small ? smallCycle(tree) : largeCycle();
}

async function largeCycle(): Promise<Benchmark> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-bench-cycle-'));
  const env = { ...process.env, REIGN_HOME: join(folder, 'home') };
  const stack = await startStack({ env, report: print });
  const { settings } = stack;
  const ledger = openLedger(settings.ledgerUrl);
  const store = openStore(settings.store);
  const client = await connectTemporal(settings.temporal, store);
  try {
    await loadFlights(settings, print, new AbortController().signal);
    const path = writeDefinition(folder);
    const context = {
      ...{ ledger, store, actor: osUser('bench'), temporal: async () => client, now: () => new Date() },
      signal: new AbortController().signal,
      onEvent: () => {},
    };
    await perform(applyOperation, context, await readDefinitionFolder(path));

    const script = (name: 'notebook' | 'tuned', asOf: string) => {
      const { train, holdout } = windowsOf(`${asOf}T00:00:00Z`, windows);
      return runScript({
        name,
        data: 'flights',
        days: [train.from, train.to, holdout.to].map((instant) => instant.slice(0, 10)),
        pipeline: join(root, 'examples/flights'),
        url: settings.connections.warehouse ?? '',
        trackerUri: settings.trackerUri,
        folder,
        store: join(folder, 'tuned', asOf),
      });
    };
    const reign = async (asOf: string): Promise<number> => {
      const started = performance.now();
      const done = await perform(retrainOperation, context, { model: 'flight-delay', asOf, wait: true });
      if (done.status === 'failed') throw new Error(`the cycle failed: ${done.summary}`);
      return (performance.now() - started) / 1000;
    };

    const times = { reign: [] as number[], notebook: [] as ScriptRun[], tuned: [] as ScriptRun[] };
    for (const [turn, asOf] of asOfs.entries()) {
      const one = await reign(asOf);
      const other = await script('tuned', asOf);
      const third = await script('notebook', asOf);
      print(
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
