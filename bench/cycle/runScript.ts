import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pythonBin, projectFolder as root } from '../../settings/home.ts';

export interface ScriptRun {
  readonly seconds: number;
  readonly rows: number[];
  readonly imports: number;
}

export interface Script {
  readonly name: 'notebook' | 'tuned';
  readonly data: 'flights' | 'loans';
  /** Where training begins and ends, and where the holdout ends. */
  readonly days: readonly string[];
  /** The folder of pipeline.py. */
  readonly pipeline: string;
  readonly url: string;
  readonly trackerUri: string;
  /** To run in. */
  readonly folder: string;
  /** Where the tuned one leaves snapshots and predictions. */
  readonly store: string;
}

/** One of the two peers, as a person starts it: a process of its own, from its imports to its end. */
export async function runScript({ name, data, days, ...script }: Script): Promise<ScriptRun> {
  const [trainFrom = '', trainTo = '', holdoutTo = ''] = days;
  const args = [
    ...[
      join(import.meta.dirname, `${name}.py`),
      '--url',
      name === 'notebook' ? script.url.replace(/^postgres(ql)?:/, 'postgresql+psycopg:') : script.url,
    ],
    ...['--train-from', trainFrom, '--train-to', trainTo, '--holdout-to', holdoutTo],
    ...['--pipeline', script.pipeline, '--model', `${name}-${data}`],
    ...(name === 'tuned' ? ['--store', script.store, '--data', data] : []),
  ];
  const started = performance.now();
  const child = spawn(join(pythonBin, 'python'), args, {
    cwd: script.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONPATH: join(root, 'trainer'),
      MLFLOW_TRACKING_URI: script.trackerUri,
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
