import { errorOf } from '../schemas/errors.ts';

/** How long a worker lets its work take. */
export interface Limits {
  /** `REIGN_STATEMENT_TIMEOUT`. Default: 3600. */
  readonly statementTimeoutSeconds: number;
  /** `REIGN_FIT_TIMEOUT`. Default: 21,600. */
  readonly fitTimeoutSeconds: number;
  /** How long from one reconcile to the next: `REIGN_RECONCILE_EVERY`. Default: 300. */
  readonly reconcileSeconds: number;
}

/** @throws ReignError SettingInvalid */
export function limitsOf(env: NodeJS.ProcessEnv): Limits {
  return {
    statementTimeoutSeconds: seconds(env, 'REIGN_STATEMENT_TIMEOUT', 3600),
    fitTimeoutSeconds: seconds(env, 'REIGN_FIT_TIMEOUT', 6 * 3600),
    reconcileSeconds: seconds(env, 'REIGN_RECONCILE_EVERY', 300),
  };
}

function seconds(env: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = env[name];
  if (text === undefined || text === '') return standard;
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  const found = JSON.stringify(text);
  throw errorOf('SettingInvalid', 'seconds', { variable: name, found });
}
