import { z } from 'zod';
import { ReignError } from '../schemas/errors.ts';
import type { Tracker } from './openTracker.ts';

/** MLflow refused a request: its own code tells why. */
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

/** For requests whose answer says nothing. */
export const nothing = z.unknown();

const ErrorBody = z.object({ error_code: z.string(), message: z.string().default('') });

/**
 * Asks MLflow once.
 *
 * @throws MlflowRefusal (TrackerRefused) where MLflow refuses the request itself
 * @throws ReignError TrackerUnavailable where it does not answer, is overloaded or fails inside
 */
export async function request<Answer>(tracker: Tracker, asked: MlflowRequest<Answer>): Promise<Answer> {
  const { method, path, query = {}, body } = asked;
  const address = new URL(`${tracker.uri}/api/2.0/mlflow/${path}`);
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, value);
  const { status, text } = await send(tracker, address, {
    method,
    headers: { ...tracker.headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const what = `${method} ${path}`;
  if (status >= 200 && status < 300) return parsed(what, text, asked.answer);
  const said = ErrorBody.safeParse(json(text));
  const message = said.success ? brief(said.data.message) : 'the answer is not MLflow’s';
  if (status >= 500 || status === 429 || status === 408) {
    throw new ReignError('TrackerUnavailable', `MLflow answers ${status} to ${what}: ${message}`);
  }
  const errorCode = said.success ? said.data.error_code : `HTTP_${status}`;
  throw new MlflowRefusal(errorCode, `MLflow refuses ${what} (${errorCode}): ${message}`);
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

async function send(tracker: Tracker, address: URL, init: RequestInit): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(address, { ...init, signal: AbortSignal.timeout(tracker.timeout) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const message = `MLflow at ${tracker.uri} does not answer: ${reason(error)}`;
    throw new ReignError('TrackerUnavailable', message, { cause: error });
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  // fetch itself only says `fetch failed`.
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error.message;
}

function parsed<Answer>(what: string, text: string, schema: z.ZodType<Answer>): Answer {
  const answer = schema.safeParse(json(text));
  if (answer.success) return answer.data;
  const at = answer.error.issues[0]?.path.join('.') ?? '';
  throw new MlflowRefusal('UNEXPECTED_ANSWER', `The answer to ${what} is not MLflow’s (at ${at || 'its beginning'})`);
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
