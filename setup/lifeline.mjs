// Loaded into the program that run.mjs runs: ends it as on SIGTERM when what started it is gone. Otherwise a `kill -9`
// of npm, or of run.mjs where it stays as the parent, would leave a whole stack running that nobody knows of.
import { Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';

const { REIGN_LIFELINE_FD: fd, REIGN_LIFELINE_PARENT: parent } = process.env;

if (isMainThread) {
  // Meant for this process only, not for those it starts.
  delete process.env.REIGN_LIFELINE_FD;
  delete process.env.REIGN_LIFELINE_PARENT;
  if (fd !== undefined) watchPipe(Number(fd));
  if (parent !== undefined) watchParent(Number(parent));
}

/** @param {number} pipe */
function watchPipe(pipe) {
  const lifeline = new Socket({ fd: pipe, readable: true, writable: false });
  lifeline.on('error', () => {});
  lifeline.once('close', end);
  lifeline.resume();
  lifeline.unref();
}

/** @param {number} pid */
function watchParent(pid) {
  const timer = setInterval(() => {
    if (process.ppid === pid) return;
    clearInterval(timer);
    end();
  }, 500);
  timer.unref();
}

function end() {
  process.kill(process.pid, 'SIGTERM');
}
