import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { claimDue, markFailed } from '../../../ledger/notifications.ts';
import { reign } from '../../ledger/scene.ts';
import { toldTo } from '../../ledger/toldTo.ts';
import { withLedger } from '../../ledger/withLedger.ts';
import { here, withEndpoints, withReceiver } from '../../notify/receiver.ts';
import { runCommand } from '../runCommand.ts';

test('a test that arrives, one that does not, and an endpoint that is not configured', async () => {
  await using receiver = await withReceiver((response, nth) => response.writeHead(nth === 1 ? 200 : 403).end());
  using endpoints = withEndpoints({ ops: here(receiver.port) });
  const asked = (name: string) => runCommand(['notify', 'test', name], { env: endpoints.env });
  const arrived = await asked('ops');
  expect(arrived).toMatchObject({ code: 0, stderr: '' });
  expect(arrived.stdout).toBe(`ops took the test ${String(receiver.received[0]?.headers['webhook-id'])}.\n`);
  const refused = await asked('ops');
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr).toContain(
    'error[NotificationFailed]: the endpoint ops did not accept the notification: 127.0.0.1 answered 403',
  );
  const unknown = await asked('opps');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('did you mean ops?');
});

test('what has not arrived is listed, and retried with the person on record', async () => {
  await using ledger = await withLedger();
  const { db, url } = ledger;
  const run = (...args: string[]) => runCommand(['notify', ...args], { env: { REIGN_LEDGER_URL: url } });
  expect((await run('list')).stdout).toBe('Every notification has arrived.\n');
  await toldTo(db, { endpoint: 'ops' });
  await reign({ db, week: 1 });
  const [due] = await claimDue(db, 1);
  if (due === undefined) throw new Error('nothing is due');
  await sql`update reign.notifications set first_tried_at = first_tried_at - interval '2 days'`.execute(ledger.owner);
  await markFailed(db, due, 'hooks.example.com answered 500');
  const { stdout } = await run('list');
  expect(stdout).toMatch(/promoted +flight-delay +ops .* 1 +given up +hooks\.example\.com answered 500/);
  expect((await run('retry', 'msg_none')).code).toBe(2);
  expect((await run('retry', due.id)).stdout).toBe('1 notification is sent again as soon as a worker runs.\n');
  expect((await run('list', '--json')).json()).toEqual({ notifications: [] });
  const requests = await db
    .selectFrom('requests')
    .select(['operation', 'subject', 'actor'])
    .where('operation', '=', 'notify-retry')
    .execute();
  expect(requests).toEqual([{ operation: 'notify-retry', subject: due.id, actor: expect.stringMatching(/^person:/) }]);
});
