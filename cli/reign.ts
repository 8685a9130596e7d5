/** The command line: `npm run -s reign -- COMMAND`. */

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { projectFolder } from '../settings/home.ts';

// Before anything else is loaded: what Node has compiled once, the next command finds.
enableCompileCache(join(projectFolder, '.reign', 'compiled'));
await import('./main.ts');
