// What has set up becomes the program that was asked for, on the Node that Reign runs on.
import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { nodeOf } from './npmPackages.mjs';
import { root } from './places.mjs';

/** @param {readonly string[]} args the program and its arguments */
export function becomeProgram(args) {
  const node = nodeOf(root);
  const bin = dirname(node);
  const paths = (process.env.PATH ?? '').split(delimiter);
  const env = { ...process.env, PATH: [bin, ...paths.filter((path) => path !== bin)].join(delimiter) };
  const command = ['--import', new URL('./lifeline.mjs', import.meta.url).href, ...args];

  if (process.execve !== undefined && process.platform !== 'win32') {
    // In a shell a program may well outlive its parent (`disown`); started by npm, it has nobody else who would end it.
    if (env.npm_lifecycle_event !== undefined) env.REIGN_LIFELINE_PARENT = String(process.ppid);
    process.execve(node, [node, ...command], env);
  } else {
    runAsChild(node, command, env);
  }
}

/**
 * An older Node cannot become another program: signals, exit code and this process's own death are passed on.
 *
 * @param {string} node
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
function runAsChild(node, command, env) {
  const child = spawn(node, command, {
    env: { ...env, REIGN_LIFELINE_FD: '3' },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const pass = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  for (const signal of signals) process.on(signal, pass);
  const parent = process.ppid;
  if (env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
  }
  child.once('error', (error) => {
    process.stderr.write(`reign: cannot run ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    for (const name of signals) process.off(name, pass);
    if (signal === null) process.exit(code ?? 1);
    process.kill(process.pid, signal);
    // Some signals are caught by Node itself: end with the code that shells give such a death.
    setTimeout(() => process.exit(1), 100);
  });
}
