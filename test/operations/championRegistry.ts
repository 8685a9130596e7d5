import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cycleTag } from '../../tracker/tags.ts';

export interface ChampionRegistry extends AsyncDisposable {
  readonly uri: string;
  /** The version that the alias names, each time that it was set. */
  readonly set: readonly number[];
  /** From now on it answers as MLflow does, with an error, or never. */
  state: 'answers' | 'fails' | 'hangs';
}

/**
 * A registry with one alias, for faults that MLflow itself does not make.
 *
 * @param cycleOf the cycle that made a version; undefined: the registry has none of that number
 */
export async function championRegistry(cycleOf: (version: number) => string | undefined): Promise<ChampionRegistry> {
  const set: number[] = [];
  const server = createServer(async (asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? '', 'http://registry');
    const say = (status: number, body: object) => answer.writeHead(status).end(JSON.stringify(body));
    const missing = () => say(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'not there' });
    const version = (number: number | undefined) => {
      const cycle = number === undefined ? undefined : cycleOf(number);
      if (number === undefined || cycle === undefined) return missing();
      return say(200, { model_version: { version: String(number), tags: [{ key: cycleTag, value: cycle }] } });
    };
    if (registry.state === 'hangs') return;
    if (registry.state === 'fails') return say(503, { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'busy' });
    if (pathname.endsWith('/model-versions/get')) return version(Number(searchParams.get('version')));
    if (asked.method === 'GET') return version(set.at(-1));
    let body = '';
    for await (const chunk of asked) body += chunk;
    set.push(Number(JSON.parse(body).version));
    say(200, {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const registry: ChampionRegistry = {
    ...{ uri: `http://127.0.0.1:${port}`, set, state: 'answers' },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return registry;
}
