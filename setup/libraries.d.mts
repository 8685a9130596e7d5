/** The libraries that were added to `<root>/.reign/python` before. */
export function addedLibraries(root: string): string[];

/** Installs those that are missing, keeps the list in `<root>/.reign/libraries.txt`, and says what was installed. */
export function installLibraries(root: string, libraries: readonly string[], log: string): Promise<string[]>;
