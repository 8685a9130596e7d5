import { isInstalled } from '../setup/places.mjs';
import type { Terminal } from './progress.ts';

/** How messages name the command line and the set-up: as they are called in the project. */
const inProject = 'npm run -s reign -- ';
const projectSetup = '`npm run setup`';

/**
 * The terminal itself; of an installed package one on which the command line is named `reign`, as it is called there, and the
 * set-up by the command that sets up.
 */
export function namedAsCalled(terminal: Terminal, installed = isInstalled()): Terminal {
  if (!installed) return terminal;
  return {
    get isTTY() {
      return terminal.isTTY === true;
    },
    get columns() {
      return terminal.columns ?? 100;
    },
    write: (text) => terminal.write(text.replaceAll(inProject, 'reign ').replaceAll(projectSetup, '`reign dev`')),
  };
}
