import { z } from 'zod';
import { errorOf, ReignError } from '../schemas/errors.ts';
import { finalTrackerCodes } from '../schemas/trackerCodes.ts';
import type { Tracker } from './openTracker.ts';

/** MLflow refused a request for good: its own code says why. */
export class MlflowRefusal extends ReignError {
  readonly errorCode: string;
  constructor(errorCode: string, message: string) {
    super('TrackerRefused', message);
    this.errorCode = errorCode;
  }
}

export interface MlflowRequest<Answer> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/2.0/mlflow/. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly answer: z.ZodType<Answer>;
}

/** A model may be large. */
const downloadTimeout = 30 * 60 * 1000;

/** For requests whose answer says nothing. */
export const nothing = z.unknown();

const ErrorBody = z.object({ error_code: z.string(), message: z.string().default('') });

/**
 * Asks MLflow once.
 *
 * @throws MlflowRefusal (TrackerRefused) where MLflow itself refuses the request, by a code that no repetition changes
 * @throws ReignError TrackerUnavailable for everything else that is not an answer: nobody, an overload, a proxy or a login
 *   page in between, credentials that have expired
 */
export async function request<Answer>(tracker: Tracker, asked: MlflowRequest<Answer>): Promise<Answer> {
  const { method, path, query = {}, body } = asked;
  const response = await send(tracker, `api/2.0/mlflow/${path}`, query, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await bodyOf(tracker, () => response.text());
  const what = `${method} ${path}`;
  if (!response.ok) throw failure(what, response, text);
  const answer = asked.answer.safeParse(json(text));
  if (answer.success) return answer.data;
  const at = answer.error.issues[0]?.path.join('.') || 'its beginning';
  throw notMlflow(what, response, `the answer is not MLflow’s (at ${at})`);
}

/**
 * Reads a file that MLflow's own pages offer.
 *
 * @param read what becomes of its bytes as they arrive
 */
export async function download(
  tracker: Tracker,
  path: string,
  query: Readonly<Record<string, string>>,
  read: (chunk: Uint8Array) => void,
): Promise<void> {
  const response = await send(tracker, path, query, { method: 'GET', headers: {} }, downloadTimeout);
  if (!response.ok) throw failure(`GET ${path}`, response, await bodyOf(tracker, () => response.text()));
  await bodyOf(tracker, async () => {
    for await (const chunk of response.body ?? []) read(chunk);
  });
}

/** The answer, or undefined where MLflow has no such thing. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isRefusal(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

export const isRefusal = (error: unknown, errorCode: string): error is MlflowRefusal =>
  error instanceof MlflowRefusal && error.errorCode === errorCode;

async function send(
  tracker: Tracker,
  path: string,
  query: Readonly<Record<string, string>>,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body?: string },
  timeout = tracker.timeout,
): Promise<Response> {
  const address = new URL(`${tracker.uri}/${path}`);
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
  const headers = { ...tracker.headers, ...init.headers };
  return await bodyOf(tracker, () => fetch(address, { ...init, headers, signal: AbortSignal.timeout(timeout) }));
}

/** What arrives in time, or that MLflow does not answer. */
async function bodyOf<Body>(tracker: Tracker, arrive: () => Promise<Body>): Promise<Body> {
  try {
    return await arrive();
  } catch (error) {
    throw errorOf('TrackerUnavailable', 'noAnswer', { address: tracker.uri, reason: reason(error) }, { cause: error });
  }
}

/** Only MLflow's own code says that a request is refused for good: a status alone may be that of whatever stands in front. */
function failure(what: string, response: Response, text: string): ReignError {
  const said = ErrorBody.safeParse(json(text));
  if (!said.success) return notMlflow(what, response, 'the answer is not MLflow’s');
  const { error_code: errorCode, message } = said.data;
  if (finalTrackerCodes.includes(errorCode))
    return new MlflowRefusal(errorCode, `MLflow refuses ${what} (${errorCode}): ${brief(message)}`);
  const { status } = response;
  return errorOf('TrackerUnavailable', 'answers', { status, request: what, code: errorCode, reason: brief(message) });
}

function notMlflow(what: string, { status, redirected, url }: Response, problem: string): ReignError {
  const where = redirected ? `redirects to ${new URL(url).origin} and answers` : 'answers';
  const setting = 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
  if (status === 401) return errorOf('TrackerUnavailable', 'loginRefused', { where, request: what, setting });
  const hint = status === 403 || redirected ? `; check MLFLOW_TRACKING_URI, ${setting}` : '';
  return errorOf('TrackerUnavailable', 'strange', { where, status, request: what, problem, hint });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  // fetch itself only says `fetch failed`.
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first line: the rest is SQL and stack traces. */
const brief = (message: string): string => (message.split('\n', 1)[0] ?? '').slice(0, 300);
