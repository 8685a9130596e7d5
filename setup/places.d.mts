/** The folder with Reign's own files. */
export declare const root: string;
/** Whether npm installed it as a package, built. */
export function isInstalled(folder?: string): boolean;
/** The folder whose `.reign` holds the Python environment and the stack's state. */
export function placeOf(folder?: string): string;
