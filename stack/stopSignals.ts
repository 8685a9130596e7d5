const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm passes a terminal's Ctrl-C on to a program that the terminal told already: both count as one. */
const ONE_CTRL_C_MILLISECONDS = 400;

/**
 * Calls back on Ctrl-C, SIGTERM and SIGHUP, with how often it was asked; the answer ends that.
 *
 * @example
 * const forget = onStopSignal((times) => stack.stop({ now: times > 1 }));
 */
export function onStopSignal(callback: (times: number, signal: NodeJS.Signals) => void): () => void {
  let times = 0;
  let last = Number.NEGATIVE_INFINITY;
  const listener = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (now - last < ONE_CTRL_C_MILLISECONDS) return;
    last = now;
    times += 1;
    callback(times, signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
