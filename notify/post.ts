import { request as overPlain } from 'node:http';
import { request as overTls } from 'node:https';
import { isIP } from 'node:net';
import type { Endpoint } from '../settings/notifications.ts';
import { AddressRefused, checkedLookup, mayConnect } from './addresses.ts';

/** How a try ended. The reason names no more of the URL than its host: a path can be a secret. */
export type Delivery = { readonly delivered: true } | { readonly delivered: false; readonly reason: string };

/** Time for the whole exchange. Shorter than the pause before the next try. */
const patienceMilliseconds = 10_000;
/** Of an answer; nothing of it is kept. */
const mostBytes = 64 * 1024;

/**
 * Posts a body. Redirects are not followed: they would lead to an address that the operator has not named. Neither is a
 * proxy used: the address that was checked is the one that is connected to.
 */
export async function post(
  { url, allowed }: Pick<Endpoint, 'url' | 'allowed'>,
  headers: Readonly<Record<string, string>>,
  body: string,
  {
    patience = patienceMilliseconds,
    stopped,
  }: { readonly patience?: number; readonly stopped?: AbortSignal | undefined } = {},
): Promise<Delivery> {
  const failed = (reason: string): Delivery => ({ delivered: false, reason });
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // A socket looks up names only.
  if (isIP(address) > 0 && !mayConnect(address, allowed))
    return failed(new AddressRefused(url.hostname, address).message);
  const timeout = AbortSignal.timeout(patience);
  const signal = stopped === undefined ? timeout : AbortSignal.any([timeout, stopped]);
  try {
    const status = await exchange(url, { headers, signal, lookup: checkedLookup(allowed) }, body);
    if (status >= 200 && status < 300) return { delivered: true };
    const why = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    return failed(`${url.hostname} answered ${status}${why}`);
  } catch (error) {
    if (error instanceof AddressRefused) return failed(error.message);
    if (stopped?.aborted) return failed('the worker was stopped');
    if (signal.aborted) return failed(`${url.hostname} did not answer within ${patience / 1000} seconds`);
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return failed(`${url.hostname} cannot be reached (${code})`);
  }
}

function exchange(
  url: URL,
  options: { headers: Readonly<Record<string, string>>; signal: AbortSignal; lookup: ReturnType<typeof checkedLookup> },
  body: string,
): Promise<number> {
  const send = url.protocol === 'https:' ? overTls : overPlain;
  return new Promise((resolve, reject) => {
    const sent = send(url, { ...options, method: 'POST', agent: false }, (response) => {
      let bytes = 0;
      // The status counts. What comes after it is read so that the receiver can end in peace, as far as it has an end.
      resolve(response.statusCode ?? 0);
      response.on('error', () => {});
      response.on('data', ({ length }: Buffer) => {
        bytes += length;
        if (bytes > mostBytes) response.destroy();
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
