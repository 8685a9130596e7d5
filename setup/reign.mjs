#!/usr/bin/env node
// The program `reign` of the installed package. What needs Python sets it up first, in the folder that it is used in.
import { join } from 'node:path';
import { becomeProgram } from './becomeProgram.mjs';
import { ensureSetupOrExit } from './ensure.mjs';
import { root } from './places.mjs';

const args = process.argv.slice(2);
const command = args.find((arg) => !arg.startsWith('-')) ?? '';
const needsPython = ['dev', 'demo', 'verify', 'gate'].includes(command) || args.includes('--plots');
const asksForHelp = args.includes('--help') || args.includes('-h');
if (needsPython && !asksForHelp) await ensureSetupOrExit({ dev: false });

const program = join(root, 'cli', 'reign.js');
if (Number(process.versions.node.split('.')[0]) >= 24) {
  if (process.env.npm_lifecycle_event !== undefined) process.env.REIGN_LIFELINE_PARENT = String(process.ppid);
  await import('./lifeline.mjs');
  await import(program);
} else {
  becomeProgram([program, ...args]);
}
