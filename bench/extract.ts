import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Definition } from '../schemas/definition.ts';
import type { ExtractRequest } from '../schemas/payloads.ts';
import { describeQuery } from '../source/describeQuery.ts';
import { planExtract } from '../source/planExtract.ts';
import { openObjects } from '../store/openObjects.ts';
import { startPostgres } from '../test/postgres.ts';
import { startS3Server } from '../test/s3Server.ts';
import { type Benchmark, type BenchmarkOptions, median, print, rounded } from './benchmark.ts';

const root = join(import.meta.dirname, '..');
const python = join(root, '.reign', 'python', 'bin', 'python');
const parquet = join(root, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
const repetitions = 5;
const smallRows = 500_000;

const columns = 'flight_id, departed_at, delay, distance, origin, destination';
const everything = { from: '2001-01-01T00:00:00Z', to: '2001-08-01T00:00:00Z' };

interface ExtractRun {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly contentHash: string;
}

/**
 * Rows per second from Postgres into the store, over those of psql's COPY into a CSV file, in turns. With `--store s3` the
 * store is moto's server on this machine, which takes CPU time of its own: then only the memory tells something.
 */
export default async function extract({ store }: BenchmarkOptions): Promise<Benchmark> {
  if (spawnSync('psql', ['--version']).status !== 0) {
    throw new Error('The peer of this benchmark is psql, which is not on the PATH (package postgresql-client).');
  }
  const folder = mkdtempSync(join(tmpdir(), 'reign-bench-extract-'));
  const postgres = await startPostgres();
  const s3 = store === 's3' ? await startS3Server() : undefined;
  const placeOf = async (name: string) => (await s3?.makePlace()) ?? join(folder, name);
  try {
    const url = `${postgres.url}postgres`;
    await load(url);
    const full = await extractionOf(url, `select ${columns} from flights`);
    const small = await extractionOf(url, `select ${columns} from flights where flight_id <= ${smallRows}`);

    const psql: number[] = [];
    const reign: ExtractRun[] = [];
    const smallRuns: ExtractRun[] = [];
    for (let turn = 0; turn <= repetitions; turn++) {
      const copied = await psqlSeconds(url, join(folder, 'flights.csv'));
      const extracted = await reignExtract(url, full, await placeOf(`store-${turn}`));
      const fewer = await reignExtract(url, small, await placeOf(`small-${turn}`));
      if (turn === 0) continue; // warms the server's cache
      print(`turn ${turn}: psql ${copied.toFixed(2)} s, reign ${extracted.seconds.toFixed(2)} s`);
      psql.push(copied);
      reign.push(extracted);
      smallRuns.push(fewer);
    }
    const rows = reign[0]?.rows ?? 0;
    const psqlTime = median(psql);
    const reignTime = median(reign.map(({ seconds }) => seconds));
    const peak = median(reign.map(({ peakMegabytes }) => peakMegabytes));
    const smallPeak = median(smallRuns.map(({ peakMegabytes }) => peakMegabytes));
    return {
      ratios: {
        // Turn by turn: what else the machine does meets both alike.
        throughput_to_psql: rounded(median(reign.map(({ seconds }, turn) => (psql[turn] ?? Number.NaN) / seconds))),
        memory_3m_to_500k: rounded(peak / smallPeak),
      },
      measured: {
        rows,
        small_rows: smallRuns[0]?.rows ?? 0,
        psql_rows_per_second: Math.round(rows / psqlTime),
        reign_rows_per_second: Math.round(rows / reignTime),
        psql_seconds: psql.map(rounded),
        reign_seconds: reign.map(({ seconds }) => rounded(seconds)),
        peak_megabytes_3m: rounded(peak),
        peak_megabytes_500k: rounded(smallPeak),
        csv_megabytes: rounded(statSync(join(folder, 'flights.csv')).size / 1e6),
      },
    };
  } finally {
    await postgres.stop();
    s3?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(url: string): Promise<void> {
  const loader = spawn(python, [join(root, 'examples/flights/load_flights.py'), '--url', url, '--parquet', parquet], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(loader, 'exit');
  if (code !== 0) throw new Error('the flights were not loaded');
}

/** The same columns that psql copies; all rows lie in the window. */
async function extractionOf(url: string, query: string): Promise<ExtractRequest> {
  const definition = Definition.parse({
    model: 'flight-delay',
    task: 'regression',
    source: {
      query,
      rowId: 'flight_id',
      eventTime: 'departed_at',
      label: 'delay',
      labels: 'complete',
      features: ['distance', 'origin', 'destination'],
    },
    windows: { horizon: 'P1D', lag: 'P0D', train: 'P4W', holdout: 'P2W' },
    pipeline: { entrypoint: 'pipeline.py:build' },
  });
  const described = await describeQuery(url, query);
  const planned = planExtract({ definition, described, purpose: 'train', window: everything, asOf: everything.to });
  return { connection: 'warehouse', queries: [planned], statementTimeoutSeconds: 600 };
}

async function psqlSeconds(url: string, file: string): Promise<number> {
  const statement = `copy (select ${columns} from flights order by flight_id) to stdout (format csv)`;
  const started = performance.now();
  const psql = spawn('psql', [url, '-X', '-q', '-c', statement], { stdio: ['ignore', openSync(file, 'w'), 'inherit'] });
  const [code] = await once(psql, 'exit');
  if (code !== 0) throw new Error('psql failed');
  return (performance.now() - started) / 1000;
}

/** In a process of its own, as the trainer does it; its imports are not part of the time. */
async function reignExtract(url: string, request: ExtractRequest, place: string): Promise<ExtractRun> {
  const child = spawn(python, [join(import.meta.dirname, 'extract_once.py'), url, place], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PYTHONPATH: join(root, 'trainer') },
  });
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(request));
  const answer = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error('the extract failed');
  for (const kind of ['snapshots', 'rowids']) await openObjects(place).delete(kind);
  return JSON.parse(answer);
}
