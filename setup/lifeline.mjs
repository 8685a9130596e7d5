// Loaded into a program that run.mjs started as a child: when run.mjs is killed, the program ends as on SIGTERM.
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const fd = process.env.REIGN_LIFELINE;
if (isMainThread && fd !== undefined) {
  delete process.env.REIGN_LIFELINE;
  const lifeline = new Socket({ fd: Number(fd), readable: true, writable: false });
  lifeline.on('error', () => {});
  lifeline.once('close', () => process.kill(process.pid, 'SIGTERM'));
  lifeline.resume();
  lifeline.unref();
}
