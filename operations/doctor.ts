import { z } from 'zod';
import { AskedLineage } from '../schemas/lineage.ts';
import type { OperationContext } from './context.ts';
import { examine } from './doctor/examine.ts';
import { Finding } from './doctor/finding.ts';
import { operation } from './operation.ts';

export const doctorOperation = operation({
  name: 'doctor',
  description: 'check every part: what is reachable, in which version, and how to fix what is not',
  request: z.strictObject({ lineage: AskedLineage }),
  answer: z.strictObject({
    /** Whether nothing is a problem. */
    ok: z.boolean(),
    findings: z.array(Finding),
  }),
  run: async (context: Pick<OperationContext, 'settings' | 'onEvent'>, { lineage }) => {
    context.onEvent({ kind: 'step', step: 'looking at every part', detail: '' });
    const findings = await examine(() => context.settings, lineage);
    return { ok: findings.every(({ status }) => status !== 'problem'), findings };
  },
});
