import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';

/**
 * Stands in front of a page server that answers whatever Host it is asked for: a page of somebody else's, once its name leads
 * to 127.0.0.1, could otherwise act as the person who looks at it. Only `127.0.0.1` and `localhost` come through.
 * A proxy library (http-proxy-3) would replace the five lines that forward; the checks are what matters here.
 */
export async function startHostGuard(port: number, target: { host: string; port: number }): Promise<Server> {
  const allowed = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
  const server = createServer((incoming, outgoing) => {
    const { origin } = incoming.headers;
    const isForeign = origin !== undefined && !allowed.has(origin.replace(/^https?:\/\//, ''));
    if (!allowed.has(incoming.headers.host ?? '') || isForeign) {
      outgoing.writeHead(403, { 'content-type': 'text/plain' }).end(`Open this page as http://127.0.0.1:${port}.\n`);
      return;
    }
    const { method, url, headers } = incoming;
    const forwarded = request({ ...target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => {
      if (!outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/plain' });
      outgoing.end('The page server does not answer.\n');
    });
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.on('error', () => {});
  return server.unref();
}
