import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { openObjects } from '../store/openObjects.ts';
import { parsePlace } from '../store/place.ts';

/** The names of all objects of a store, in order. */
export async function filesOf(place: string): Promise<string[]> {
  const parsed = parsePlace(place);
  if (parsed.kind === 'folder')
    return readdirSync(parsed.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(parsed.folder, join(entry.parentPath, entry.name)))
      .sort();
  const { endpoint, bucket: Bucket, prefix } = parsed;
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    region: 'us-east-1',
    forcePathStyle: true,
  });
  const names: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: `${prefix}/` }))
    for (const { Key = '' } of Contents) names.push(Key.slice(prefix.length + 1));
  return names.sort();
}

/** Copies every object of a store into another place, as `aws s3 sync` does it. */
export async function copyStore(from: string, to: string): Promise<void> {
  const [source, target] = [openObjects(from), openObjects(to)];
  await Promise.all((await filesOf(from)).map(async (name) => target.put(name, await source.read(name))));
}

/** The name of the Parquet file of stored rows. */
export const rowsFileOf = (place: string, kind: string, hash: string): Promise<string> =>
  openObjects(place).inFolder(`${kind}/${hash}`, 'rows.parquet', 'manifest.json');
