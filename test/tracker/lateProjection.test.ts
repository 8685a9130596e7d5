import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { projectChampion } from '../../projection/projectChampion.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { cycleTag } from '../../tracker/tags.ts';
import { apply, identity, model, reign } from '../ledger/scene.ts';
import { withLedger } from '../ledger/withLedger.ts';

test('a projection that was stopped for too long never sets an older champion after a newer one', async () => {
  await using ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  const set: number[] = [];
  let stop = async () => {};
  // A registry that holds answers back where the test says so; week N's cycle made version N.
  const registry = createServer(async (asked, answer) => {
    const { pathname, searchParams } = new URL(asked.url ?? '', 'http://registry');
    const say = (status: number, body: object) => answer.writeHead(status).end(JSON.stringify(body));
    const version = (number: number) =>
      say(200, {
        model_version: { version: String(number), tags: [{ key: cycleTag, value: identity({ week: number }).id }] },
      });
    if (pathname.endsWith('/model-versions/get')) return version(Number(searchParams.get('version')));
    if (asked.method === 'GET') {
      const aliased = set.at(-1);
      const stopped = stop;
      stop = async () => {};
      await stopped();
      if (aliased !== undefined) return version(aliased);
      return say(404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: '' });
    }
    let body = '';
    for await (const chunk of asked) body += chunk;
    set.push(Number(JSON.parse(body).version));
    say(200, {});
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;
  const tracker = openTracker(`http://127.0.0.1:${port}`, {});

  // While the first one waits for an answer its lease ends, another version is crowned and projected.
  stop = async () => {
    await db.updateTable('leases').set({ expires_at: '-infinity' }).execute();
    await reign({ db, week: 2 });
    await projectChampion(tracker, db, model);
  };
  await projectChampion(tracker, db, model);
  expect(set).toEqual([2]);
  registry.closeAllConnections();
  registry.close();
});
