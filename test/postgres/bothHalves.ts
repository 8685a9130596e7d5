import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { connect, reasonOf } from '../../postgres/connect.ts';

const Answer = z.union([
  z.object({ refused: z.string() }),
  z.object({ tls: z.boolean(), port: z.number(), encoding: z.string() }),
]);
export type Answer = z.infer<typeof Answer>;

export interface BothHalves extends AsyncDisposable {
  /** What came of a URL in TypeScript, and in the trainer through libpq. */
  ask(url: string): Promise<readonly [Answer, Answer]>;
}

/** Asks the worker's half and the trainer's half to connect, in the same environment. */
export function bothHalves(env: NodeJS.ProcessEnv): BothHalves {
  const repository = join(import.meta.dirname, '../..');
  const python = spawn(join(repository, '.reign/python/bin/python'), [join(import.meta.dirname, 'both_halves.py')], {
    env: { ...env, PYTHONPATH: join(repository, 'trainer') },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const trainer = async (url: string) => {
    python.stdin.write(`${url}\n`);
    return Answer.parse(JSON.parse((await lines.next()).value ?? '"the trainer\'s half has ended"'));
  };
  return {
    ask: async (url) => [await worker(url), await trainer(url)],
    [Symbol.asyncDispose]: async () => {
      python.stdin.end();
      python.kill();
    },
  };
}

async function worker(url: string): Promise<Answer> {
  try {
    const client = await connect(url, { applicationName: 'test' });
    const { rows } = await client.query<Answer>(
      `select (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as tls, inet_server_port() as port,
         current_setting('client_encoding') as encoding`,
    );
    await client.end();
    return Answer.parse(rows[0]);
  } catch (error) {
    return { refused: reasonOf(error) };
  }
}

/** `tls`, `plain` or `refused`. */
export const encryptionOf = (answer: Answer) => ('refused' in answer ? 'refused' : answer.tls ? 'tls' : 'plain');
