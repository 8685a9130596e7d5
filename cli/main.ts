import { processEnvironment } from '../settings/environment.ts';
import { onStopSignal } from '../stack/stopSignals.ts';
import { askOnTerminal } from './askOnTerminal.ts';
import { exitCodes } from './exitCodes.ts';
import { namedAsCalled } from './ownName.ts';
import { openPython } from './python.ts';
import { run } from './run.ts';

// npm runs scripts in the project's folder: names of files are meant from where the command was typed.
const env = processEnvironment();
if (env.npm_lifecycle_event === 'reign' && env.INIT_CWD) process.chdir(env.INIT_CWD);

const interrupt = new AbortController();
const hurry = new AbortController();
const forget = onStopSignal((times) => {
  if (times === 1) interrupt.abort();
  else if (times === 2) hurry.abort();
  else process.exit(exitCodes.interrupted);
});
// A reader that has seen enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

const exitCode = await run(process.argv.slice(2), {
  env,
  stdout: namedAsCalled(process.stdout),
  stderr: namedAsCalled(process.stderr),
  now: () => new Date(),
  interrupted: interrupt.signal,
  hurried: hurry.signal,
  openPython,
  ask: process.stdin.isTTY && process.stderr.isTTY ? askOnTerminal : undefined,
});
forget();
process.exitCode = exitCode;
// A request that was given up (an interruption, a server that does not answer) may hold the process open.
setTimeout(() => process.exit(exitCode), 1000).unref();
