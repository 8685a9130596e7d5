/** A process that cannot be mistaken for a later one of the same number. */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
}

/** When the process with this pid began; undefined when there is none (or only a zombie). */
export function startOf(pid: number): string | undefined;

/** This process. */
export function thisProcess(): ProcessIdentity;

/** Whether this very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean;
