import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import type { Store } from '../../store/openStore.ts';

const noStore = {} as Store;
const emptyMessage = Buffer.alloc(5);

/** Speaks gRPC: answers the client's first question, and says `unavailable` to every later one. */
async function failingServer(): Promise<{ readonly address: string; readonly refused: Promise<unknown> }> {
  const server = createServer();
  const refused = Promise.withResolvers<void>();
  let asked = 0;
  server.on('stream', (stream) => {
    asked += 1;
    const headers = { ':status': 200, 'content-type': 'application/grpc' };
    if (asked > 1) {
      stream.respond({ ...headers, 'grpc-status': '14' }, { endStream: true });
      stream.once('close', refused.resolve);
      return;
    }
    stream.respond(headers, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(emptyMessage);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, refused: refused.promise };
}

it('a question that Temporal did not answer ends with its connection, instead of the process', async () => {
  const { address, refused } = await failingServer();
  const settings = { address, namespace: 'default', connectionOptions: { address } };
  const client = await connectTemporal(settings as Parameters<typeof connectTemporal>[0], noStore);
  const asked = client.workflow.getHandle('any').describe();
  const failed = expect(asked).rejects.toThrow();
  // It would be asked again a moment later.
  await refused;
  await client.connection.close();
  await failed;
});
