import { type ErrorCode, errors } from '../../schemas/errors.ts';

/** One part, as it was found. */
export interface Finding {
  readonly part: string;
  readonly status: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** How to fix it; null where nothing is wrong. */
  readonly advice: string | null;
}

export const healthy = (part: string, found: string): Finding => ({ part, status: 'ok', found, advice: null });
export const sick = (part: string, found: string, advice: string): Finding => ({
  part,
  status: 'problem',
  found,
  advice,
});
/** It works, but a person should know about it. */
export const noted = (part: string, found: string, advice: string | null): Finding => ({
  part,
  status: 'warning',
  found,
  advice,
});
export const sickBy = (part: string, found: string, code: ErrorCode) => sick(part, found, errors[code].advice);
