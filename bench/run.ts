/** `npm run bench -- NAME [--json] [--quick] [--flights] [--store s3] [--small [--tree FOLDER]]`: runs bench/NAME.ts against its peer in the same run. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { print, type RunBenchmark } from './benchmark.ts';

const notBenchmarks = new Set(['run.ts', 'benchmark.ts']);

function names(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => /^[a-z-]+\.ts$/.test(file) && !notBenchmarks.has(file))
    .map((file) => file.replace('.ts', ''));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      flights: { type: 'boolean', default: false },
      small: { type: 'boolean', default: false },
      store: { type: 'string', default: 'folder' },
      tree: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [name] = positionals;
  if (name === undefined || positionals.length > 1 || !names().includes(name)) {
    print(`npm run bench -- NAME [--json] [--quick], where NAME is one of: ${names().join(', ')}`);
    return 2;
  }
  const { store } = values;
  if (store !== 'folder' && store !== 's3') {
    print(`--store: expected folder or s3, found '${store}'`);
    return 2;
  }
  const { default: run }: { default: RunBenchmark } = await import(join(import.meta.dirname, `${name}.ts`));
  const { ratios, measured } = await run({ ...values, store, tree: values.tree });
  if (values.json) console.log(JSON.stringify({ name, ratios, measured }));
  else {
    for (const [ratio, value] of Object.entries(ratios)) console.log(`${ratio}  ${value}`);
    for (const [measurement, value] of Object.entries(measured)) console.log(`  ${measurement}  ${value}`);
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  print(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
