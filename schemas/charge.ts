import { z } from 'zod';

/**
 * What a test may cost, as the ledger charged it before the holdout was judged.
 *
 * - `cycle`: the policy's chance of error for one cycle; no account is kept
 * - `schedule`, `reserve`: drawn from the year's budget
 * - `exhausted`: the account is empty; the test is made at its usual level, and its outcome is at best `review`
 * - `none`: nothing is charged (`reign try`, `reign gate try`)
 */
export const chargeAccounts = ['cycle', 'schedule', 'reserve', 'exhausted', 'none'] as const;
export const Charge = z.strictObject({ alpha: z.number(), account: z.enum(chargeAccounts) }).meta({ id: 'Charge' });
export type Charge = z.infer<typeof Charge>;
