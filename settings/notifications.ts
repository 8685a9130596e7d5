import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { errorOf } from '../schemas/errors.ts';
import { nearest } from '../schemas/nearest.ts';
import { endpointName } from '../schemas/notifications.ts';
import { homeOf } from './home.ts';

const reference = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  'expected {env: VARIABLE} or {file: PATH}',
);
type Reference = z.infer<typeof reference>;

const network = z
  .string()
  .refine((text) => networkOf(text) !== undefined, 'expected an IP address or a network in CIDR');

const Endpoints = z.strictObject({
  endpoints: z
    .record(
      endpointName,
      z.strictObject({
        url: z.union([z.string(), reference], 'expected a URL, {env: VARIABLE} or {file: PATH}'),
        /** Two while one replaces the other. */
        secret: z
          .union(
            [reference, z.array(reference).min(1).max(2)],
            'expected {env: VARIABLE} or {file: PATH}, or two of them',
          )
          .optional(),
        format: z.enum(['standard', 'slack']).optional(),
        allow: z.array(network).default([]),
      }),
    )
    .default({}),
});

/** Where notifications go, with everything that it takes to send one. */
export interface Endpoint {
  readonly name: string;
  readonly url: URL;
  /** What signatures are made with; none of an endpoint that reads Slack's bodies. */
  readonly secrets: readonly Buffer[];
  readonly format: 'standard' | 'slack';
  /** Addresses that it may have although they are not public. */
  readonly allowed: BlockList;
}

/**
 * An endpoint by name, from the file that `REIGN_NOTIFICATIONS` names (default: `notifications.yaml` in the home). It is
 * read anew each time, with what it refers to: a secret can be replaced while a worker runs.
 *
 * @throws ReignError SettingInvalid, which shows neither a secret nor the path of a URL, or UsageInvalid where no
 * endpoint has that name
 */
export function endpointNamed(env: NodeJS.ProcessEnv, name: string): Endpoint {
  const file = env.REIGN_NOTIFICATIONS
    ? resolve(env.REIGN_NOTIFICATIONS)
    : join(homeOf(env).folder, 'notifications.yaml');
  const { endpoints } = readEndpoints(file);
  const stated = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  if (stated === undefined) {
    const names = Object.keys(endpoints);
    const meant = nearest(name, names);
    const hint = meant === undefined ? `; known: ${names.join(', ') || 'none'}` : `; did you mean ${meant}?`;
    throw errorOf('UsageInvalid', 'endpointUnknown', { name: JSON.stringify(name.slice(0, 63)), hint, file });
  }
  const refuse = (field: string, problem: string) =>
    errorOf('SettingInvalid', 'notifications', { file, problem: `endpoints.${name}.${field}: ${problem}` });
  const read = (field: string, { ...from }: Reference) => {
    const text = 'env' in from ? env[from.env] : textOf(resolve(dirname(file), from.file));
    if (text?.trim()) return text.trim();
    throw refuse(field, 'env' in from ? `${from.env} is not set` : `${from.file} is not there, or is empty`);
  };
  const url = urlOf(typeof stated.url === 'string' ? stated.url : read('url', stated.url));
  if (url === undefined) throw refuse('url', 'expected a URL that begins with https://');
  const format = stated.format ?? (url.hostname === 'hooks.slack.com' ? 'slack' : 'standard');
  const secrets = [stated.secret ?? []].flat().map((from) => {
    const secret = secretOf(read('secret', from));
    if (secret === undefined) throw refuse('secret', 'expected whsec_ followed by 24 to 64 bytes in base64');
    return secret;
  });
  if (format === 'standard' && secrets.length === 0) throw refuse('secret', 'there is none');
  const allowed = new BlockList();
  for (const text of stated.allow) {
    const { address, prefix, family } = networkOf(text) ?? {};
    if (address !== undefined) allowed.addSubnet(address, prefix ?? 0, family);
  }
  // Without TLS anybody on the way reads it: only on networks that the operator vouches for.
  if (url.protocol === 'http:' && stated.allow.length === 0)
    throw refuse('url', 'http:// needs `allow`; expected https://');
  return { name, url, secrets, format, allowed };
}

function readEndpoints(file: string): z.output<typeof Endpoints> {
  const text = textOf(file);
  if (text === undefined) return { endpoints: {} };
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    // The rest of the parser's message shows lines of the file.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split(/:?\n/, 1);
    throw errorOf('SettingInvalid', 'notifications', { file, problem: reason }, { cause: error });
  }
  const parsed = Endpoints.safeParse(data ?? {});
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw errorOf('SettingInvalid', 'notifications', { file, problem });
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && ['https:', 'http:'].includes(url.protocol) ? url : undefined;
}

/** As Standard Webhooks writes secrets. */
function secretOf(text: string): Buffer | undefined {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const bytes = encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
  return bytes !== undefined && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

function networkOf(text: string): { address: string; prefix: number; family: 'ipv4' | 'ipv6' } | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = { 4: 32, 6: 128 }[isIP(address)];
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
  if (bits === undefined || prefix === undefined || prefix > bits || rest.length > 0) return undefined;
  return { address, prefix, family: bits === 32 ? 'ipv4' : 'ipv6' };
}
