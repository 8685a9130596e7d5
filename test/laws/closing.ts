/** Remembers how to close what was opened, and closes all of it, the last first. */
export function closing() {
  const ends: (() => Promise<unknown> | unknown)[] = [];
  const open = async <T>(opening: Promise<T>, close: (opened: T) => Promise<unknown> | unknown): Promise<T> => {
    const opened = await opening;
    ends.unshift(() => close(opened));
    return opened;
  };
  open.all = async (): Promise<void> => {
    for (const end of ends.splice(0)) await end();
  };
  return open;
}
