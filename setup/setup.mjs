// `node setup/setup.mjs [--dev]`: sets up and does nothing else. See ensure.mjs.
import { ensureSetupOrExit } from './ensure.mjs';
import { say } from './progress.mjs';

await ensureSetupOrExit({ dev: process.argv.includes('--dev') });
say('all is set up');
