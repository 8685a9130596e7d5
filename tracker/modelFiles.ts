import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tracker } from './openTracker.ts';
import { download, request, unlessMissing } from './request.ts';

const Listing = z.object({
  files: z.array(z.object({ path: z.string(), is_dir: z.boolean().default(false) })).default([]),
});

/** The files of a logged model as MLflow keeps them now, each with its sha256; undefined where the model is not there. */
export async function modelFiles(tracker: Tracker, modelId: string): Promise<Record<string, string> | undefined> {
  const paths = await unlessMissing(listed(tracker, modelId));
  if (paths === undefined) return undefined;
  const files: [string, string][] = [];
  for (const path of paths.toSorted()) {
    const hash = createHash('sha256');
    const place = `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(modelId)}/artifacts/files`;
    await download(tracker, place, { artifact_file_path: path }, (chunk) => hash.update(chunk));
    files.push([path, hash.digest('hex')]);
  }
  return Object.fromEntries(files);
}

async function listed(tracker: Tracker, modelId: string, folder?: string): Promise<string[]> {
  const { files } = await request(tracker, {
    method: 'GET',
    path: `logged-models/${encodeURIComponent(modelId)}/artifacts/directories`,
    query: folder === undefined ? {} : { artifact_directory_path: folder },
    answer: Listing,
  });
  const below = await Promise.all(files.map(({ path, is_dir }) => (is_dir ? listed(tracker, modelId, path) : [path])));
  return below.flat();
}
