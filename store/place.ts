import { resolve } from 'node:path';
import { errorOf } from '../schemas/errors.ts';

/** A part of a bucket of S3, or of a server that speaks its protocol. */
export interface BucketPlace {
  readonly kind: 'bucket';
  readonly bucket: string;
  /** What every key of the store begins with, without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** The server, `https://host[:port]`. Undefined: that of AWS, or what `AWS_ENDPOINT_URL_S3` says. */
  readonly endpoint: string | undefined;
  /** Undefined: what the environment or AWS's configuration says. */
  readonly region: string | undefined;
  /** Whether the bucket stands in the path (`https://host/bucket`) instead of the host's name. */
  readonly pathStyle: boolean;
  /** Asked for at every upload. Undefined: what the bucket does by default. */
  readonly encryption: (typeof encryptions)[number] | undefined;
  /** The KMS key. Undefined: AWS's own. */
  readonly kmsKey: string | undefined;
}

/** Where a store is. */
export type StorePlace = { readonly kind: 'folder'; readonly folder: string } | BucketPlace;

const encryptions = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;
const options = ['endpoint', 'region', 'path_style', 'encryption', 'kms_key'];

/**
 * Reads `REIGN_STORE`: the path of a folder, or
 * `s3://bucket/prefix?endpoint=...&region=...&path_style=true&encryption=...&kms_key=...`.
 * `reign_trainer/store/place.py` reads the same texts the same way.
 *
 * @throws ReignError SettingInvalid; the message does not repeat a login that stands in the URL
 */
export function parsePlace(text: string): StorePlace {
  if (!text.includes('://')) return { kind: 'folder', folder: resolve(text) };
  const parts = /^s3:\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(text);
  if (parts === null) throw invalid('expected the path of a folder, or s3://bucket/prefix');
  const [, bucket = '', path = '', query = '', fragment] = parts;
  if (bucket.includes('@'))
    throw invalid("expected no login in the URL: credentials come from AWS's environment variables or files");
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    throw invalid(`expected the name of a bucket after s3://, found '${bucket}'`);
  if (prefix !== '' && !/^[A-Za-z0-9!_.*'()-]+(\/[A-Za-z0-9!_.*'()-]+)*$/.test(prefix))
    throw invalid(`expected letters, digits and !_.*'()- in the parts of the prefix, found '${prefix}'`);
  if (fragment !== undefined) throw invalid('expected no # in the URL');
  return { kind: 'bucket', bucket, prefix, ...optionsIn(new URLSearchParams(query)) };
}

/** The same place, a folder's path made absolute: other programs are started in other folders. */
export function absolutePlace(text: string): string {
  const place = parsePlace(text);
  return place.kind === 'folder' ? place.folder : text;
}

function optionsIn(query: URLSearchParams): Omit<BucketPlace, 'kind' | 'bucket' | 'prefix'> {
  for (const name of query.keys())
    if (!options.includes(name)) throw invalid(`the option '${name}' is not known (known: ${options.join(', ')})`);
  const given = (name: string) => query.get(name) ?? undefined;
  const endpoint = given('endpoint');
  const encryption = encryptions.find((one) => one === given('encryption'));
  const kmsKey = given('kms_key');
  const style = given('path_style');
  if (endpoint !== undefined && !/^https?:\/\/[^/?#@\s]+\/?$/.test(endpoint))
    throw invalid('endpoint: expected https://host or http://host, with a port where needed');
  if (encryption === undefined && given('encryption') !== undefined)
    throw invalid(`encryption: expected ${encryptions.join(', ')}, found '${given('encryption')}'`);
  if (kmsKey !== undefined && !encryption?.startsWith('aws:kms'))
    throw invalid('kms_key: expected encryption=aws:kms beside it');
  if (style !== undefined && style !== 'true' && style !== 'false')
    throw invalid(`path_style: expected true or false, found '${style}'`);
  return {
    endpoint: endpoint?.replace(/\/$/, ''),
    region: given('region'),
    // Servers other than AWS's rarely have a host name for every bucket.
    pathStyle: style === undefined ? endpoint !== undefined : style === 'true',
    encryption,
    kmsKey,
  };
}

const invalid = (problem: string) => errorOf('SettingInvalid', 'store', { problem });
