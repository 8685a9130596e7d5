import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { type About, type Listed, Missing, type Objects } from './objects.ts';
import type { BucketPlace } from './place.ts';

/** Of one part of an upload, as trainers cut them too. */
const partBytes = 8 * 1024 * 1024;
const indexFile = 'index.json';

/**
 * A store in a bucket of S3, or of a server that speaks its protocol. Credentials come from AWS's standard chain:
 * environment variables, profiles, SSO, the role of the machine. `reign_trainer/store/s3_objects.py` describes the layout.
 *
 * @param text as `REIGN_STORE` says it
 */
export function s3Objects(place: BucketPlace, text: string): Objects {
  const { bucket: Bucket, prefix } = place;
  const keyOf = (name: string) => (prefix === '' ? name : `${prefix}/${name}`);
  const nameOf = (key: string) => (prefix === '' ? key : key.slice(prefix.length + 1));
  let opened: Promise<Connected> | undefined;
  const attempt = <Answer>(what: string, ask: (connected: Connected) => Promise<Answer>, name?: string) => {
    opened ??= connect(place);
    return opened.then(ask).catch((error: unknown) => fail(place, what, error, name));
  };

  const get = (name: string) =>
    attempt(
      `read ${name}`,
      async ({ client, sdk }) => {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key: keyOf(name) }));
        if (!(Body instanceof Readable)) throw new TypeError('a body that is no stream');
        return Body;
      },
      name,
    );

  async function* blocks(name: string): AsyncIterable<Buffer> {
    const body = await get(name);
    try {
      for await (const block of body) yield Buffer.from(block);
    } catch (error) {
      fail(place, `read ${name}`, error);
    }
  }

  async function read(name: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const block of blocks(name)) parts.push(block);
    return Buffer.concat(parts);
  }

  async function put(name: string, content: Buffer): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    await attempt(`write ${name}`, ({ client }) => {
      const { encryption: ServerSideEncryption, kmsKey: SSEKMSKeyId } = place;
      const params = { Bucket, Key: keyOf(name), Body: content, ServerSideEncryption, SSEKMSKeyId };
      return new Upload({ client, params, partSize: partBytes, queueSize: 2 }).done();
    });
  }

  async function modified(name: string): Promise<Date | undefined> {
    try {
      const ask = ({ client, sdk }: Connected) => client.send(new sdk.HeadObjectCommand({ Bucket, Key: keyOf(name) }));
      return (await attempt(`read ${name}`, ask, name)).LastModified;
    } catch (error) {
      if (error instanceof Missing) return undefined;
      throw error;
    }
  }

  const beginning = (prefixed: string) =>
    attempt(`list ${prefixed}`, async ({ client, sdk }) => {
      const found: (Listed & About)[] = [];
      for await (const { Contents } of sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: keyOf(prefixed) }))
        for (const { Key, LastModified, Size = 0 } of Contents ?? [])
          if (Key !== undefined && LastModified !== undefined)
            found.push({ name: nameOf(Key), modified: LastModified, bytes: Size });
      return found;
    });
  const below = (folder: string) => beginning(`${folder}/`);

  async function remove(name: string): Promise<void> {
    const names = (await below(name)).map((one) => one.name);
    // Without its index, or its marker, a folder is not there.
    const first = names.filter((one) => /\/(index|manifest|result)\.json$/.test(one));
    for (const one of [...first, name, ...names.filter((other) => !first.includes(other))])
      await attempt(`delete ${one}`, ({ client, sdk }) =>
        client.send(new sdk.DeleteObjectCommand({ Bucket, Key: keyOf(one) })),
      );
  }

  return {
    place: text,
    read,
    blocks,
    // Put again where it is already: that is one request as well, mends what was damaged, and counts as new.
    put: (name, content) => put(name, content),
    modified,
    delete: remove,

    async list(folder) {
      const newest = new Map<string, Date>();
      for (const one of await below(folder)) {
        const [name = ''] = one.name.slice(folder.length + 1).split('/', 1);
        const before = newest.get(name);
        if (before === undefined || before < one.modified) newest.set(name, one.modified);
      }
      return [...newest].map(([name, date]) => ({ name, modified: date }));
    },

    async about(name) {
      const all = (await beginning(name)).filter((one) => one.name === name || one.name.startsWith(`${name}/`));
      if (all.length === 0) return undefined;
      const modified = new Date(Math.max(...all.map((one) => one.modified.getTime())));
      return { modified, bytes: all.reduce((sum, one) => sum + one.bytes, 0) };
    },

    async inFolder(folder, file, marker) {
      try {
        return `${folder}/${fileIn(await read(`${folder}/${indexFile}`), folder, file)}`;
      } catch (error) {
        if (!(error instanceof Missing) || (await modified(`${folder}/${marker}`)) === undefined) throw error;
        return `${folder}/${file}`;
      }
    },

    hasFolder: async (folder, marker) =>
      (await modified(`${folder}/${indexFile}`)) !== undefined || (await modified(`${folder}/${marker}`)) !== undefined,

    async probe() {
      const name = `staging/${randomBytes(16).toString('hex')}/probe`;
      const probe = Buffer.from('probe');
      await put(name, probe);
      try {
        if (!(await read(name)).equals(probe)) throw unavailable('read a probe', 'other bytes came back');
      } finally {
        await remove(name);
      }
      return `${place.encryption ?? "the bucket's own encryption"}, a probe was written, read and deleted`;
    },
  };
}

interface Connected {
  readonly client: Sdk.S3Client;
  readonly sdk: typeof Sdk;
}

/** The SDK is loaded when it is first needed: commands that do not read the store start without it. */
async function connect({ endpoint, region, pathStyle }: BucketPlace): Promise<Connected> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    ...(endpoint !== undefined && { endpoint }),
    // A server other than AWS's has no regions, but the signature names one.
    ...((region !== undefined || endpoint !== undefined) && { region: region ?? 'us-east-1' }),
    forcePathStyle: pathStyle,
    followRegionRedirects: endpoint === undefined,
    // What is read is checked against Reign's own hashes; other servers do not know S3's newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Temporal does the long waiting, where it can be seen and cancelled.
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  });
  return { client, sdk };
}

function fileIn(index: Buffer, folder: string, file: string): string {
  let sha256: unknown;
  try {
    sha256 = (JSON.parse(index.toString('utf8')) as { files?: Record<string, unknown> }).files?.[file];
  } catch {
    throw errorOf('StoreCorrupt', 'unreadable', { object: `${folder}/${indexFile}` });
  }
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) throw new Missing(`${folder}/${file}`);
  return sha256;
}

/** Whatever S3 refuses may be set right and tried again; an object that is not there is `Missing`. */
function fail({ bucket, endpoint }: BucketPlace, attempt: string, error: unknown, name?: string): never {
  if (error instanceof ReignError || error instanceof Missing) throw error;
  const where = `the bucket ${bucket}${endpoint === undefined ? '' : ` at ${endpoint}`}`;
  const { name: kind, status, said } = facts(error);
  if (kind === 'NoSuchBucket') throw unavailable(attempt, `${where} does not exist`, error);
  if (name !== undefined && (kind === 'NoSuchKey' || kind === 'NotFound' || status === 404)) throw new Missing(name);
  if (status === 401 || status === 403 || kind === 'CredentialsProviderError')
    throw unavailable(attempt, `${where} denies access: check the credentials and its policy`, error);
  throw unavailable(attempt, `${where} does not answer, or refuses (${said})`, error);
}

function facts(error: unknown): { name: string; status: number | undefined; said: string } {
  if (!(error instanceof Error)) return { name: '', status: undefined, said: 'unknown' };
  const { name, code, $metadata } = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return { name, status, said: name };
  return { name, status, said: typeof code === 'string' ? code : error.message.split('\n', 1)[0] || name };
}

const unavailable = (attempt: string, why: string, cause?: unknown): ReignError =>
  errorOf('StoreUnavailable', 'failed', { attempt, reason: why }, { cause });
