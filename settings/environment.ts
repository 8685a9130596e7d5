/**
 * The environment of this process. It is read here and nowhere else: programs pass it on from their first line, so that a
 * test can pass another one.
 */
export const processEnvironment = (): NodeJS.ProcessEnv => process.env;

/** Unsets a variable, so that nothing that this process starts inherits it. */
export function forgetVariable(name: string): void {
  delete process.env[name];
}

/** Names of the environment that start with this, each to be unset in a child. */
export function withoutPrefix(env: NodeJS.ProcessEnv, prefix: string): Record<string, undefined> {
  return Object.fromEntries(
    Object.keys(env)
      .filter((name) => name.startsWith(prefix))
      .map((name) => [name, undefined]),
  );
}
