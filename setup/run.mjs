// `node setup/run.mjs [--dev] PROGRAM ARGS...`: sets up what is missing, then becomes `node PROGRAM ARGS...` on the
// project's own Node 24. Shells look `node` up before the set-up could put one there, so it is named by its path.
import { becomeProgram } from './becomeProgram.mjs';
import { ensureSetupOrExit } from './ensure.mjs';

const args = process.argv.slice(2);
const dev = args[0] === '--dev';
if (dev) args.shift();

await ensureSetupOrExit({ dev });

becomeProgram(args);
