/** Waits until no other set-up of this folder runs; the answer releases the lock. `onWait` is called at most once. */
export function takeLock(folder: string, onWait: (holder: { pid: number }) => void): Promise<() => void>;
