import { DefaultLogger, Runtime } from '@temporalio/worker';

const done = Symbol.for('reign.test.quietRuntime');

/** Temporal's runtime of this process, which exists once, logs errors only. Files that share a process may all ask for it. */
export function quietRuntime(): void {
  const known = globalThis as { [done]?: true };
  if (known[done]) return;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  known[done] = true;
}
