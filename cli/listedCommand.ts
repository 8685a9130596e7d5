import type { Command } from 'commander';
import type { Tell } from './answer.ts';
import type { Session } from './session.ts';

/** Makes a command, not yet run. */
export type MakeCommand = (session: Session, tell: Tell) => Command;

/** A command as `reign --help` lists it. The rest is loaded where it is run: loading all of them takes a second. */
export interface ListedCommand {
  readonly name: string;
  /** Its arguments, as the help shows them. */
  readonly syntax: string;
  /** What its own help says too. */
  readonly description: string;
  readonly load: () => Promise<MakeCommand>;
}
