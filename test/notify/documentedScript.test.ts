import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sendNotification } from '../../notify/send.ts';
import { projectFolder, pythonBin } from '../../settings/home.ts';
import { endpointNamed } from '../../settings/notifications.ts';
import { here, type Received, secret, withEndpoints, withReceiver } from './receiver.ts';

const page = readFileSync(join(projectFolder, 'docs/notifications.md'), 'utf8');
const script = /```python\n([^`]+)```/.exec(page)?.[1] ?? '';

/** Runs the script of the docs against what a receiver got. */
function check({ headers, body }: Received, withSecret = secret): string {
  const call =
    'import json, sys\ngiven = json.load(sys.stdin)\ncheck(given["secret"], given["headers"], given["body"].encode())';
  try {
    const input = JSON.stringify({ secret: withSecret, headers, body });
    execFileSync(join(pythonBin, 'python'), ['-c', `${script}\n${call}`], { input, stdio: 'pipe' });
    return 'genuine';
  } catch (error) {
    const [problem = ''] = /ValueError: .*/.exec(String((error as { stderr: Buffer }).stderr)) ?? [];
    return problem;
  }
}

test('the script of the docs takes a captured webhook, and refuses one that was changed, forged or is old', async () => {
  await using receiver = await withReceiver();
  using endpoints = withEndpoints({ ops: here(receiver.port) });
  const notification = {
    ...{ id: 'msg_1', model: 'flight-delay', cycle: null, event: 'promoted', endpoint: 'ops' },
    ...{ at: '2001-02-12T06:00:00.000Z', facts: { version: 7, by: 'Zoë' } },
  };
  const send = async (now: Date) => await sendNotification(endpointNamed(endpoints.env, 'ops'), notification, now);
  expect(await send(new Date())).toEqual({ delivered: true });
  expect(await send(new Date(Date.now() - 600_000))).toEqual({ delivered: true });
  const [captured, old] = receiver.received;
  if (captured === undefined || old === undefined) throw new Error('nothing was received');
  expect(check(captured)).toBe('genuine');
  const wrong = 'ValueError: the signature is wrong';
  expect(check({ ...captured, body: captured.body.replace('7', '8') })).toBe(wrong);
  expect(check({ ...captured, headers: { ...captured.headers, 'webhook-id': 'msg_2' } })).toBe(wrong);
  expect(check(captured, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD')).toBe(wrong);
  expect(check(old)).toBe('ValueError: the message is more than five minutes old');
});
