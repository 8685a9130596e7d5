import { z } from 'zod';

/** sha256 in lower-case hex. */
export const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ id: 'Hash' });
export type Hash = z.infer<typeof Hash>;

/** UTC, whole seconds: `2001-02-12T00:00:00Z`. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/)
  .meta({ id: 'Instant' });
export type Instant = z.infer<typeof Instant>;

/** Half-open: `from` belongs to it, `to` does not. */
export const Window = z.strictObject({ from: Instant, to: Instant }).meta({ id: 'Window' });
export type Window = z.infer<typeof Window>;
