import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { evaluateRequest } from '../gate/evaluateRequest.ts';
import { Definition } from '../schemas/definition.ts';
import { EvaluateRequest } from '../schemas/payloads.ts';
import { pythonBin } from '../settings/home.ts';
import { type Benchmark, median, print, rounded } from './benchmark.ts';

const rows = 1_000_000;
const columns = 20;
const turns = 3;

interface Told {
  readonly seconds: number;
  readonly megabytes: number;
  readonly slices: number;
  readonly bytes?: number;
}

/**
 * The evidence of a million rows with twenty declared slice columns of ten values each, over the time that a notebook
 * takes for the same numbers without any uncertainty, controls or calibration.
 */
export default async function evidence(): Promise<Benchmark> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-bench-evidence-'));
  const store = join(folder, 'store');
  try {
    const hashes = (await python('prepare', store, String(rows), String(columns))) as unknown as Prepared;
    const request = join(folder, 'request.json');
    writeFileSync(request, JSON.stringify(evaluationOf(hashes)));
    const times = { reign: [] as Told[], peer: [] as Told[] };
    for (let turn = 1; turn <= turns; turn++) {
      times.reign.push(await python('reign', store, request));
      times.peer.push(await python('peer', store, request));
      print(
        `turn ${turn}: reign ${times.reign.at(-1)?.seconds.toFixed(1)} s, notebook ${times.peer.at(-1)?.seconds.toFixed(1)} s`,
      );
    }
    const seconds = (of: Told[]) => median(of.map((told) => told.seconds));
    return {
      ratios: { to_point_estimates: rounded(seconds(times.reign) / seconds(times.peer)) },
      measured: {
        rows,
        slices: times.reign[0]?.slices ?? 0,
        reign_seconds: times.reign.map((told) => rounded(told.seconds)),
        reign_peak_megabytes: times.reign.map((told) => rounded(told.megabytes)),
        notebook_seconds: times.peer.map((told) => rounded(told.seconds)),
        notebook_peak_megabytes: times.peer.map((told) => rounded(told.megabytes)),
        evidence_bytes: times.reign[0]?.bytes ?? 0,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function python(script: string, ...args: string[]): Promise<Told> {
  const path = join(import.meta.dirname, 'evidence', `${script}.py`);
  const env = { ...process.env, PYTHONPATH: join(import.meta.dirname, '../trainer') };
  const { stdout } = await promisify(execFile)(join(pythonBin, 'python'), [path, ...args], { env });
  return JSON.parse(stdout) as Told;
}

/** Hashes of what was written into the store. */
type Prepared = Readonly<Record<'challenger' | 'champion' | 'train', string>>;

function evaluationOf({ challenger, champion, train }: Prepared): EvaluateRequest {
  const names = Array.from({ length: columns }, (_, at) => `column_${at}`);
  const definition = Definition.parse({
    model: 'bench',
    task: 'binary',
    source: {
      ...{ query: 'select 1', rowId: 'id', eventTime: 'at', label: 'bad', labels: 'complete', features: ['x'] },
      carry: names,
    },
    label: { classes: [0, 1] },
    windows: { horizon: 'P1D', lag: 'PT0S', train: 'P4W', holdout: 'P4W' },
    pipeline: { entrypoint: 'pipeline.py:build' },
    gate: { slices: names.map((column) => ({ column, margin: 0.01 })) },
  });
  const contender = (cycle: string, predictions: string) => ({
    ...{ cycle, definitionVersion: 1, codeHash: null, unscorable: null },
    ...{ trainSnapshot: train, holdoutSnapshot: train, predictions },
  });
  return EvaluateRequest.parse(
    evaluateRequest({
      cycle: { id: 'bench', model: 'bench', lineage: 'live', asOf: '2026-01-30T00:00:00Z', definitionVersion: 1 },
      definition,
      window: { from: '2026-01-01T00:00:00Z', to: '2026-01-29T00:00:00Z' },
      trivial: [0.8, 0.2],
      challenger: contender('challenger', challenger),
      champion: contender('champion', champion),
      charge: { alpha: 0.025, account: 'cycle' },
      rehearsal: { rows: 1000, mismatches: 0, largestDifference: 0 },
    }),
  );
}
