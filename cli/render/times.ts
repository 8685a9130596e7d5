/** `2001-02-12` for a midnight, else `2001-02-12T06:00:00Z`. */
export const formatAsOf = (instant: string) => instant.replace('T00:00:00Z', '');

/** `2001-02-12 06:00:00 UTC`, without fractions of a second. */
export const formatTime = (instant: string) => instant.replace(/^(.{10})T(.{8})(?:\.\d+)?Z$/, '$1 $2 UTC');

/** `1 min 5 s`, from two instants. */
export function formatElapsed(from: string, to: string): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
