import { z } from 'zod';
import { instantOf } from '../schemas/durations.ts';
import type { Tracker } from './openTracker.ts';
import { isRefusal, nothing, request, unlessMissing } from './request.ts';
import { TagList, type Tags, tagFilter, tagList } from './tags.ts';

/** A version of a registered model. */
export interface RegisteredVersion {
  readonly version: number;
  readonly source: string;
  readonly runId: string;
  /** Of the logged model that was registered; null where MLflow does not say. */
  readonly modelId: string | null;
  readonly aliases: string[];
  readonly tags: Tags;
  /** In milliseconds since 1970. */
  readonly createdAt: number;
  /** Who made it, where MLflow knows. */
  readonly user: string | null;
}

/** When a version was registered, as the ledger has it: in whole seconds, rounded up. */
export const registrationOf = ({ createdAt }: Pick<RegisteredVersion, 'createdAt'>): string =>
  instantOf(Math.ceil(createdAt / 1000) * 1000);

const VersionAnswer = z
  .object({
    version: z.coerce.number().int(),
    source: z.string().default(''),
    run_id: z.string().default(''),
    model_id: z.string().nullish(),
    aliases: z.array(z.string()).default([]),
    tags: TagList,
    creation_timestamp: z.coerce.number().default(0),
    user_id: z.string().nullish(),
  })
  .transform(
    ({ version, source, run_id, model_id, aliases, tags, creation_timestamp, user_id }): RegisteredVersion => ({
      version,
      source,
      runId: run_id,
      modelId: model_id || null,
      aliases,
      tags,
      createdAt: creation_timestamp,
      user: user_id || null,
    }),
  );
const OneVersion = z.object({ model_version: VersionAnswer });

/** Makes the registered model where there is none. */
export async function ensureRegisteredModel(tracker: Tracker, name: string): Promise<void> {
  try {
    await request(tracker, { method: 'POST', path: 'registered-models/create', body: { name }, answer: nothing });
  } catch (error) {
    if (!isRefusal(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  }
}

/** Registers a logged model as a new version, with its tags from the first moment on. Twice makes two. */
export async function createVersion(
  tracker: Tracker,
  { name, modelId, runId, tags }: { name: string; modelId: string; runId: string; tags: Tags },
): Promise<RegisteredVersion> {
  const { model_version } = await request(tracker, {
    method: 'POST',
    path: 'model-versions/create',
    body: { name, source: `models:/${modelId}`, run_id: runId, model_id: modelId, tags: tagList(tags) },
    answer: OneVersion,
  });
  return model_version;
}

export async function getVersion(
  tracker: Tracker,
  name: string,
  version: number,
): Promise<RegisteredVersion | undefined> {
  const answer = request(tracker, {
    method: 'GET',
    path: 'model-versions/get',
    query: { name, version: String(version) },
    answer: OneVersion,
  });
  return (await unlessMissing(answer))?.model_version;
}

/** The versions of a model with a tag, the lowest first; at most 200. */
export async function searchVersionsByTag(
  tracker: Tracker,
  name: string,
  key: string,
  value: string,
): Promise<RegisteredVersion[]> {
  const { model_versions: versions } = await request(tracker, {
    method: 'GET',
    path: 'model-versions/search',
    query: { filter: `name = '${name}' and ${tagFilter(key, value)}`, max_results: '200' },
    answer: z.object({ model_versions: z.array(VersionAnswer).default([]) }),
  });
  return versions.toSorted((a, b) => a.version - b.version);
}

/** Every version of a model, the lowest first; none where there is no such model. */
export async function searchVersions(tracker: Tracker, name: string): Promise<RegisteredVersion[]> {
  return (await searchEvery(tracker, `name = '${name}'`)).toSorted((a, b) => a.version - b.version);
}

async function searchEvery(tracker: Tracker, filter: string): Promise<RegisteredVersion[]> {
  const versions: RegisteredVersion[] = [];
  for (let page = ''; ; ) {
    const { model_versions: more, next_page_token: next } = await request(tracker, {
      method: 'GET',
      path: 'model-versions/search',
      query: { filter, max_results: '1000', ...(page !== '' && { page_token: page }) },
      answer: z.object({ model_versions: z.array(VersionAnswer).default([]), next_page_token: z.string().default('') }),
    });
    versions.push(...more);
    if (next === '') return versions;
    page = next;
  }
}

/** The versions, of any model, that were registered from one of these runs. */
export async function searchVersionsOfRuns(tracker: Tracker, runIds: readonly string[]): Promise<RegisteredVersion[]> {
  const found: RegisteredVersion[] = [];
  // The filter is part of the address: so many make about 4 kB.
  for (let at = 0; at < runIds.length; at += 100) {
    const some = runIds.slice(at, at + 100).map((id) => `'${id.replaceAll("'", '')}'`);
    found.push(...(await searchEvery(tracker, `run_id IN (${some.join(', ')})`)));
  }
  return found;
}

export async function setVersionTags(tracker: Tracker, name: string, version: number, tags: Tags): Promise<void> {
  // MLflow takes one tag of a version at a time. All at once would only keep its server from answering anybody else.
  for (const tag of tagList(tags)) {
    const body = { name, version: String(version), ...tag };
    await request(tracker, { method: 'POST', path: 'model-versions/set-tag', body, answer: nothing });
  }
}

/** Deletes a version; its number is not used again. One that is not there is as good as deleted. */
export async function deleteVersion(tracker: Tracker, name: string, version: number): Promise<void> {
  const body = { name, version: String(version) };
  await unlessMissing(request(tracker, { method: 'DELETE', path: 'model-versions/delete', body, answer: nothing }));
}

/** The version that an alias names; undefined where the alias, or the registered model, is not there. */
export async function getAlias(tracker: Tracker, name: string, alias: string): Promise<number | undefined> {
  const answer = request(tracker, {
    method: 'GET',
    path: 'registered-models/alias',
    query: { name, alias },
    answer: OneVersion,
  });
  try {
    return (await unlessMissing(answer))?.model_version.version;
  } catch (error) {
    // How MLflow says that a model has no such alias.
    if (isRefusal(error, 'INVALID_PARAMETER_VALUE')) return undefined;
    throw error;
  }
}

export async function setAlias(tracker: Tracker, name: string, alias: string, version: number): Promise<void> {
  const body = { name, alias, version: String(version) };
  await request(tracker, { method: 'POST', path: 'registered-models/alias', body, answer: nothing });
}

/** Takes the alias away. One that is not there is as good as taken away. */
export async function deleteAlias(tracker: Tracker, name: string, alias: string): Promise<void> {
  const body = { name, alias };
  await unlessMissing(request(tracker, { method: 'DELETE', path: 'registered-models/alias', body, answer: nothing }));
}
