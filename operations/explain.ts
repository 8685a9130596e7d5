import { z } from 'zod';
import { checkCatalogue, checkEffects, type ExplainedCheck, explainedCheck } from '../gate/checkCatalogue.ts';
import { errorOf } from '../schemas/errors.ts';
import { nearest } from '../schemas/nearest.ts';
import { operation } from './operation.ts';

export const explainOperation = operation({
  name: 'explain',
  description: 'explain what a check of the gate means; without a name, explain all checks',
  request: z.strictObject({
    /** As a verdict names it: `primary`, `guardrail-log_loss`. Default: all. */
    check: z.string().optional(),
  }),
  answer: z.strictObject({
    checks: z.array(
      z.strictObject({
        /** `<metric>` and `<column>` stand for the policy's own. */
        name: z.string(),
        meaning: z.string(),
        /** What it does to the verdict where it fails. */
        effect: z.string(),
        advice: z.string(),
      }),
    ),
  }),
  run: async (_: unknown, { check }) => ({
    checks: (check === undefined ? checkCatalogue : [known(check)]).map((each) => ({
      ...each,
      effect: checkEffects[each.effect],
    })),
  }),
});

function known(name: string): ExplainedCheck {
  const found = explainedCheck(name);
  if (found !== undefined) return found;
  const names = checkCatalogue.map((check) => check.name);
  const meant = nearest(name, names);
  const hint = meant === undefined ? '. All of them: reign explain' : `; did you mean ${meant}?`;
  throw errorOf('UsageInvalid', 'checkUnknown', { name: JSON.stringify(name.slice(0, 60)), hint });
}
