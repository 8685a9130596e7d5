import { errorOf } from '../schemas/errors.ts';

const prefix = 'REIGN_CONNECTION_';

/** The environment variable that holds the URL of a connection: `loan-book` is in `REIGN_CONNECTION_LOAN_BOOK`. */
export function connectionVariable(name: string): string {
  return prefix + name.toUpperCase().replaceAll('-', '_');
}

/** The name of the connection that a variable holds; undefined for any other variable. */
export function connectionOf(variable: string): string | undefined {
  return variable.startsWith(prefix) ? variable.slice(prefix.length).toLowerCase().replaceAll('_', '-') : undefined;
}

/**
 * The Postgres URL of a connection that a definition names.
 *
 * @throws ReignError ConnectionUnknown, with the names that are known
 */
export function connectionUrl(
  { connections }: { readonly connections: Readonly<Record<string, string>> },
  name: string,
): string {
  const variable = connectionVariable(name);
  // `loan_book` and `loan-book` share a variable.
  const url = connections[connectionOf(variable) ?? name];
  if (url !== undefined) return url;
  const known = Object.keys(connections).sort().join(', ') || 'none';
  throw errorOf('ConnectionUnknown', 'unknown', { name, known, variable });
}
