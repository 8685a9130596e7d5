import { isInstalled } from '../setup/places.mjs';
import type { Terminal } from './progress.ts';

/** How messages name the command line: as it is called in the project. */
const inProject = 'npm run -s reign -- ';

/** The terminal itself; of an installed package one on which the command line is named `reign`, as it is called there. */
export function namedAsCalled(terminal: Terminal, installed = isInstalled()): Terminal {
  if (!installed) return terminal;
  return {
    get isTTY() {
      return terminal.isTTY === true;
    },
    get columns() {
      return terminal.columns ?? 100;
    },
    write: (text) => terminal.write(text.replaceAll(inProject, 'reign ')),
  };
}
