/** The project's own Node. */
export function nodeOf(root: string): string;

/** Whether node_modules is what package-lock.json says. */
export function npmPackagesAreThere(root: string): boolean;

/** Makes it so. */
export function installNpmPackages(root: string, log: string): Promise<void>;
