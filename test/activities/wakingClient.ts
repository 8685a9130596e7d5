import type { Client } from '@temporalio/client';

/** A client of Temporal where every workflow runs, that only signals, and what it signalled: `turn CYCLE`, in order. */
export function wakingClient() {
  const woken: string[] = [];
  const handle = (id: string) => ({
    signal: async (name: string) => void woken.push(`${name} ${id}`),
    describe: async () => ({ status: { name: 'RUNNING' } }),
  });
  const client = {
    withDeadline: (_until: number, work: () => Promise<void>) => work(),
    withAbortSignal: (_signal: AbortSignal, work: () => Promise<void>) => work(),
    workflow: { getHandle: handle },
  } as unknown as Client;
  return { client, woken };
}
