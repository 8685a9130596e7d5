import { z } from 'zod';
import { backfillById, planHash, planOf, startBackfill, storePlan } from '../../ledger/backfills.ts';
import type { BackfillPlan } from '../../schemas/backfill.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { OperationContext } from '../context.ts';
import { operation } from '../operation.ts';
import { followBackfill } from './follow.ts';
import { type AskedBackfill, planBackfill } from './planBackfill.ts';
import { BackfillShown, shownBackfill } from './shown.ts';
import { tellBackfill } from './tell.ts';

type Needs = Pick<OperationContext, 'ledger' | 'temporal' | 'actor' | 'now' | 'signal' | 'onEvent'>;

const Asked = z.strictObject({
  model: z.string(),
  /** As a person writes it: `2001-02-12`, or an ISO 8601 time with zone. */
  from: z.string(),
  to: z.string(),
  /** ISO 8601; null: the times of the definition's schedule. */
  every: z.string().nullable().default(null),
  /** How many dates are prepared at once. Three times as many run or wait, and Temporal takes 2,000 children of a workflow. */
  parallel: z.int().positive().max(200).default(2),
  /** Null: the newest version of the definition. */
  definition: z.int().positive().nullable().default(null),
  /** Who reigns before the first promotion: nobody, whom the live cycles before `from` led to, or a version. */
  startFrom: z
    .union([z.enum(['none', 'live']), z.string().regex(/^[1-9]\d*$/)], 'expected none, live or the number of a version')
    .default('none'),
  stopOnFailure: z.boolean().default(false),
  /** Of its line of champions. Default: backfill-1, backfill-2 and so on. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and hyphens')
    .refine((name) => name !== 'live', 'live is the lineage that callers see')
    .optional(),
});

export const planBackfillOperation = operation({
  name: 'backfill plan',
  description: 'store what a backfill would do, and begin nothing',
  request: Asked,
  answer: BackfillShown,
  run: async ({ ledger, actor, now }: Pick<Needs, 'ledger' | 'actor' | 'now'>, { name, ...asked }) => {
    const plan = await planBackfill(ledger, asked, now());
    const { id } = await storePlan(ledger.db, plan, { actor, name });
    return await shownBackfill(ledger.db, id, now());
  },
});

export const beginBackfillOperation = operation({
  name: 'backfill',
  description: 'retrain a stretch of the past as a line of champions of its own; the live champion stays',
  request: z.strictObject({
    /** What to do: that of a stored plan, or anew. */
    of: z.union([z.strictObject({ plan: z.string() }), Asked]),
    reason: z.string().min(1),
    /** Whether to answer only when every date has ended. */
    wait: z.boolean().default(false),
  }),
  answer: BackfillShown,
  run: async (context: Needs, { of, reason, wait }) => {
    const { ledger, temporal, actor, now } = context;
    // Before anything is stored: a Temporal that does not answer leaves nothing.
    await temporal();
    const id = 'plan' in of ? await checkedPlan(context, of.plan) : await storedAnew(context, of);
    await startBackfill(ledger.db, id, { actor, reason });
    const { endedAt } = await shownBackfill(ledger.db, id, now());
    if (endedAt === null) await tellBackfill(await temporal(), id);
    return wait ? await followBackfill(context, id) : await shownBackfill(ledger.db, id, now());
  },
});

async function storedAnew({ ledger, actor, now }: Needs, { name, ...asked }: z.infer<typeof Asked>): Promise<string> {
  const plan = await planBackfill(ledger, asked, now());
  return (await storePlan(ledger.db, plan, { actor, name })).id;
}

/**
 * A plan that was started before is joined. One that was not must still hold.
 *
 * @throws ReignError BackfillUnknown; BackfillRefused where something has changed since it was made
 */
async function checkedPlan({ ledger, now }: Needs, id: string): Promise<string> {
  const known = await backfillById(ledger.db, id);
  if (known === undefined) throw errorOf('BackfillUnknown', 'none', { id: JSON.stringify(id.slice(0, 130)) });
  if (known.status !== 'planned') return id;
  const stored = await planOf(ledger.db, id);
  const today = await planBackfill(ledger, askedIn(stored), now());
  if (planHash(today) === planHash(stored)) return id;
  throw errorOf('BackfillRefused', 'changed', { id, changes: [...changesOf(stored, today)].join('; ') });
}

const askedIn = (plan: BackfillPlan): AskedBackfill => ({
  ...plan,
  definition: plan.definitionAsked ? plan.definitionVersion : null,
});

function* changesOf(before: BackfillPlan, now: BackfillPlan): Generator<string> {
  if (before.definitionVersion !== now.definitionVersion)
    yield `the newest definition version was ${before.definitionVersion}, and is ${now.definitionVersion}`;
  if (before.origin !== now.origin)
    yield `the champion to start from was ${before.origin ?? 'nobody'}, and is ${now.origin ?? 'nobody'}`;
  if (before.dates.map(({ asOf }) => asOf).join() !== now.dates.map(({ asOf }) => asOf).join())
    yield `it had ${before.dates.length} dates, and the schedule now has ${now.dates.length} other ones`;
}
