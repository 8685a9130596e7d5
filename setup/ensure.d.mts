/** Installs libraries into the project's Python environment, one set-up at a time; says what was missing. */
export function ensureLibraries(libraries: readonly string[]): Promise<string[]>;
