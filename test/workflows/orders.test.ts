import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalActivities } from '../../activities/approval.ts';
import type { World } from '../../activities/world.ts';
import type { Champion } from '../../ledger/champions.ts';
import { attemptOfToken } from '../../ledger/claimCycle.ts';
import { cycleById } from '../../ledger/cycles.ts';
import type { Database } from '../../ledger/database.ts';
import { decisionsOf } from '../../ledger/decisions.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { hearQuestion } from '../../ledger/hearQuestion.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { rollBack } from '../../ledger/rollBack.ts';
import { approveOperation } from '../../operations/approve.ts';
import { perform } from '../../operations/operation.ts';
import { rejectOperation } from '../../operations/reject.ts';
import { osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import { Gate } from '../../schemas/definition.ts';
import { ReignError } from '../../schemas/errors.ts';
import { definition, hashOf, identity, judge, model, prepare, reign } from '../ledger/scene.ts';
import { type TestLedger, withLedger } from '../ledger/withLedger.ts';
import { champion, planned } from './cast.ts';
import { openStage, type Scene, type Stage } from './stage.ts';

/** What can happen to a cycle that waits for a person. */
const events = ['approve', 'reject', 'deadline', 'champion changes', 'rollback', 'cancel', 'worker dies'] as const;
type Event = (typeof events)[number];

/**
 * How the cycle ends where the second happens before it has looked at what the first one left. `asks again`: it is judged
 * against the new champion and waits with that judgement, until somebody approves that. In brackets what is refused.
 */
const ends: Readonly<Record<Event, Readonly<Partial<Record<Event, string>>>>> = {
  approve: {
    reject: 'promoted [reject]',
    deadline: 'promoted',
    'champion changes': 'asks again',
    rollback: 'asks again',
    cancel: 'cancelled',
    'worker dies': 'promoted',
  },
  reject: {
    approve: 'rejected [approve]',
    deadline: 'rejected',
    'champion changes': 'rejected',
    rollback: 'rejected',
    cancel: 'cancelled',
    'worker dies': 'rejected',
  },
  deadline: {
    approve: 'expired [approve]',
    reject: 'expired [reject]',
    'champion changes': 'expired',
    rollback: 'expired',
    cancel: 'expired [cancel]',
    'worker dies': 'expired',
  },
  'champion changes': {
    approve: 'asks again [approve]',
    reject: 'asks again [reject]',
    // The new question has a deadline of its own, and nobody answers it either.
    deadline: 'expired',
    rollback: 'asks again',
    cancel: 'cancelled',
    'worker dies': 'asks again',
  },
  rollback: {
    approve: 'asks again [approve]',
    reject: 'asks again [reject]',
    deadline: 'expired',
    // After a rollback nobody is promoted without a person.
    'champion changes': 'asks again [champion changes]',
    cancel: 'cancelled',
    'worker dies': 'asks again',
  },
  cancel: {
    approve: 'cancelled [approve]',
    reject: 'cancelled [reject]',
    deadline: 'cancelled',
    'champion changes': 'cancelled',
    rollback: 'cancelled',
    'worker dies': 'cancelled',
  },
  'worker dies': {
    approve: 'promoted',
    reject: 'rejected',
    deadline: 'expired',
    'champion changes': 'asks again',
    rollback: 'asks again',
    cancel: 'cancelled',
  },
};

const hour = 3600 * 1000;
let steady: Stage;
/** Where workers die. */
let forgetful: Stage;
let ledger: TestLedger;
beforeAll(async () => {
  [steady, forgetful] = [await openStage(), await openStage({ forgetful: true })];
  ledger = await withLedger();
  const gate = Gate.parse({ approval: { deadline: 'PT2H' } });
  const applied = { codeHash: hashOf('code'), columns: [], appliedBy: osUser('ada') };
  await storeDefinition(ledger.db, { ...applied, definition: { ...definition(), gate } });
});
afterAll(async () => {
  await Promise.all([steady?.close(), forgetful?.close()]);
  await ledger?.[Symbol.asyncDispose]();
});

/** A cycle that waits for a person about a real ledger, in a lineage of its own, where two versions have reigned. */
async function asking(db: Kysely<Database>, stage: Stage, lineage: string, first: number) {
  const on = { db, lineage };
  for (const week of [1, 2]) await reign({ ...on, week, version: first + week });
  const actor = { ...on, week: 4, version: first + 4 };
  const key = identity(actor);
  const { askForApproval } = approvalActivities({ ledger: { db } } as unknown as World);
  const scene: Scene = {
    plan: async (request, token) => {
      await prepare(actor, token);
      return planned(request, { champion: champion(2) });
    },
    registerVersion: () => actor.version,
    decide: async ({ number }) => {
      const { epoch, verdict } = await judge(actor, 'review', number);
      return { number, epoch, kind: verdict.kind, summary: verdict.summary, championSawHoldout: false };
    },
    askForApproval,
    hearApproval: async (cycle, number, isOver) => {
      const heard = await hearQuestion(db, cycle, number, isOver);
      switch (heard.kind) {
        case 'approved':
        case 'rejected':
          return { kind: heard.kind, decision: heard.decision.id, by: 'ada', reason: heard.decision.reason };
        case 'championChanged':
          return { kind: heard.kind, champion: reigning(heard.champion) };
        default:
          return heard;
      }
    },
    promote: async ({ cycle, ...request }) => {
      const result = await promote(db, { cycle: cycle.id, judgementNumber: request.number, ...request });
      return result.outcome === 'conflict'
        ? { outcome: 'conflict', champion: reigning(result.champion) }
        : { outcome: 'promoted', epoch: result.epoch };
    },
    record: async (request, outcome, { token }) => {
      const id = cycleId(request);
      const attempt = await attemptOfToken(db, id, token);
      if (attempt !== undefined)
        await recordOutcome(db, id, { attempt, status: outcome.status, summary: outcome.summary });
      return outcome;
    },
  };
  const { id, ...request } = key;
  const cycle = await stage.perform(scene, { ...request, trigger: 'demo' });
  await expect.poll(async () => (await cycleById(db, id))?.waitsFor, { interval: 20 }).toBe('person');
  await cycle.called('hearApproval');
  // The server of the tests loses answers that cross a cancellation.
  await expect.poll(cycle.pending, { interval: 20 }).toEqual([]);
  return { id, stage, cycle, first, lineage };
}

/** As the cycle gets it; what scoring it takes is made up. */
const reigning = ({ epoch, asOf }: Champion) => champion(2, { epoch, asOf });

/** Makes something happen, without a word to the cycle. False where it is refused. */
async function happen(
  event: Event,
  { id, stage, cycle, lineage, first }: Awaited<ReturnType<typeof asking>>,
): Promise<boolean> {
  const { db } = ledger;
  const asked = { actor: osUser('ada') };
  const silent = {
    ledger: { db, close: async () => {} },
    ...asked,
    temporal: () => Promise.reject(new Error('silent')),
    tracker: null,
  };
  const unlessRefused = (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => true,
      (error: unknown) => {
        if (error instanceof ReignError) return false;
        throw error;
      },
    );
  switch (event) {
    case 'approve':
      return await unlessRefused(perform(approveOperation, silent, { cycle: id, reason: 'sound' }));
    case 'reject':
      return await unlessRefused(perform(rejectOperation, silent, { cycle: id, reason: 'too dear' }));
    case 'deadline':
      await stage.pass(4 * hour);
      return true;
    case 'champion changes':
      return await unlessRefused(reign({ db, lineage, week: 3, version: first + 3 }));
    case 'rollback':
      return await unlessRefused(rollBack(db, { model, lineage, reason: 'worse', asked }));
    case 'cancel':
      if ((await cycleById(db, id))?.endedAt != null) return false;
      await cycle.cancel('ada', 'not needed');
      await cycle.cancelWorkflow();
      return true;
    case 'worker dies':
      return true;
  }
}

/** How a cycle has ended; `asks again` where it waits for a person with another judgement than the first. */
async function ending(db: Kysely<Database>, id: string): Promise<string | undefined> {
  const cycle = await cycleById(db, id);
  if (cycle === undefined) return undefined;
  if (cycle.waitsFor === 'person') return (await judgementsOf(db, id)).length > 1 ? 'asks again' : undefined;
  if (cycle.endedAt === null) return undefined;
  if (cycle.status !== 'kept') return cycle.status;
  return cycle.summary?.startsWith('Rejected by') ? 'rejected' : 'expired';
}

/** What was promoted in a cycle's name, each with the judgement that a person has approved. */
const promotionsOf = (db: Kysely<Database>, id: string) =>
  db
    .selectFrom('promotions')
    .innerJoin('decisions', 'decisions.id', 'promotions.decision')
    .select(['decisions.kind', 'decisions.judgement_number', 'promotions.epoch', 'decisions.judged_epoch'])
    .where('promotions.cycle', '=', id)
    .execute();

// The server of the tests skips no time any more after a cancellation: those come last.
const pairs = events
  .flatMap((first) => events.filter((second) => second !== first).map((second) => [first, second] as const))
  .toSorted((one, other) => Number(one.includes('cancel')) - Number(other.includes('cancel')));

describe('a cycle that waits for a person has one clear outcome', () => {
  it.each(pairs)('where %s comes before %s', async (first, second) => {
    const { db } = ledger;
    const at = pairs.findIndex((pair) => pair[0] === first && pair[1] === second);
    const stage = [first, second].includes('worker dies') ? forgetful : steady;
    const on = await asking(db, stage, `pair-${at}`, at * 10);
    const expected = ends[first][second] ?? 'nothing';
    const refused: Event[] = [];
    let restart: (() => Promise<void>) | undefined;
    let passing: Promise<void> | undefined;
    for (const event of [first, second]) {
      if (event === 'worker dies') restart = await stage.stopWorker();
      // The clock of the tests stands still until somebody takes what is due.
      else if (event === 'deadline' && restart !== undefined) passing = stage.pass(4 * hour);
      else if (!(await happen(event, on))) refused.push(event);
      // Between the wish and the end of the cycle the ledger still takes decisions, which then change nothing.
      if (event === 'cancel' && restart === undefined)
        await expect.poll(() => ending(db, on.id), { interval: 20 }).toBeDefined();
    }
    await restart?.();
    await passing;
    if ((await cycleById(db, on.id))?.endedAt === null && !expected.startsWith('cancelled')) await on.cycle.decided();
    const ended = expected.replace(/ \[.*/, '');
    await expect.poll(() => ending(db, on.id), { interval: 20 }).toBe(ended);
    expect(`${ended}${refused.map((event) => ` [${event}]`).join('')}`).toBe(expected);

    const promotions = await promotionsOf(db, on.id);
    const all = await db.selectFrom('promotions').select('epoch').where('cycle', '=', on.id).execute();
    expect(all).toHaveLength(ended === 'promoted' ? 1 : 0);
    expect(promotions).toHaveLength(all.length);
    if (ended !== 'asks again') return;
    // Only a decision about the new judgement leads to a promotion, at the epoch that it was judged at.
    expect((await decisionsOf(db, on.id)).filter(({ judgementNumber }) => judgementNumber === 2)).toEqual([]);
    expect(await happen('approve', on)).toBe(true);
    await on.cycle.decided();
    await expect.poll(() => ending(db, on.id), { interval: 20 }).toBe('promoted');
    const [promotion] = await promotionsOf(db, on.id);
    expect(promotion).toMatchObject({ kind: 'approve', judgement_number: 2 });
    expect(promotion?.epoch).toBe((promotion?.judged_epoch ?? 0) + 1);
  });
});
