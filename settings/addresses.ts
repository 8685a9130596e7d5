import { z } from 'zod';

export const processIdentitySchema = z.object({ pid: z.number(), startedAt: z.string() });

/** Where the parts of a running stack are reached. */
export const addressesSchema = z.object({
  ledgerUrl: z.string(),
  /** A Postgres URL per connection name of the definitions. */
  connections: z.record(z.string(), z.string()),
  /** The same databases for those who own what is in them: who migrates the ledger, who loads tables. */
  owners: z
    .object({ ledgerUrl: z.string().optional(), connections: z.record(z.string(), z.string()).default({}) })
    .default({ connections: {} }),
  temporal: z.object({ address: z.string(), namespace: z.string() }),
  trackerUri: z.string(),
  /** Where the store is. Absent in the file of an earlier release. */
  store: z.string().optional(),
  /** Pages for people; those of embedded parts only. */
  ui: z.object({ temporal: z.string().optional(), mlflow: z.string().optional() }),
});

export type Addresses = z.infer<typeof addressesSchema>;

/** `stack.json`: written when all is healthy, removed when the stack stops. */
export const stackFileSchema = z.object({ owner: processIdentitySchema, addresses: addressesSchema });

export type StackFile = z.infer<typeof stackFileSchema>;
