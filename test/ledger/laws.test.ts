import { sql } from 'kysely';
import { DatabaseError } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeActor } from '../../ledger/actors.ts';
import { storeDecision } from '../../ledger/decisions.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { osUser } from '../../schemas/actor.ts';
import { apply, hashOf, judge, prepare, reign } from './scene.ts';
import { type TestLedger, withLedger } from './withLedger.ts';

let ledger: TestLedger;

/** Two champions, a third cycle that a person approved and a fourth that waits; a backfill's version beside them. */
beforeAll(async () => {
  ledger = await withLedger();
  const { db } = ledger;
  await apply(db);
  await reign({ db, week: 1 });
  await reign({ db, week: 2 });
  for (const week of [3, 4]) {
    const id = await prepare({ db, week });
    const { evidence, epoch } = await judge({ db, week }, 'review');
    await recordOutcome(db, id, { status: 'waiting', waitsFor: 'person' });
    if (week === 4) continue;
    const asked = { actor: osUser('ada') };
    await storeDecision(db, { kind: 'approve', cycle: id, judgementNumber: 1, evidence, epoch, reason: 'yes', asked });
  }
  await prepare({ db, week: 5, lineage: 'backfill-1' });
  await storeActor(db, osUser('bob'));
});
afterAll(() => ledger[Symbol.asyncDispose]());

const day = { 1: '19', 2: '26', 3: '05', 4: '12' } as const;
const at = (week: keyof typeof day) => `'flight-delay.live.2001${week < 3 ? '02' : '03'}${day[week]}T000000Z.v1'`;
const backfilled = "'flight-delay.backfill-1.20010319T000000Z.v1'";

const promotion = (columns: string, values: string) =>
  `insert into reign.promotions (model, lineage, epoch, reason, promoted_by, actor, kind, champion, version, ${columns})
   values ('flight-delay', 'live', 3, 'because', 'x', ${values})`;
const decision = (values: string) =>
  `insert into reign.decisions (model, lineage, reason, kind, epoch, candidate, cycle, judgement_number, judged_epoch,
     evidence, verdict_kind, actor, request)
   values ('flight-delay', 'live', 'because', ${values})`;
const asked = "(select id from reign.requests where operation = 'approve')";
const judged = (week: 3 | 4) => `${at(week)}, ${at(week)}, 1, 2, '${hashOf(`evidence ${week} 1`)}', 'review'`;
const proposal = (values: string) =>
  `insert into reign.rollback_proposals (model, lineage, reason, actor, epoch, champion, restores_epoch)
   values ('flight-delay', 'live', 'worse', 'gate@0.1.0', ${values})`;
const resumption = (epoch: number, by: string, request: string) =>
  `insert into reign.resumptions (model, lineage, epoch, reason, actor, request)
   values ('flight-delay', 'live', ${epoch}, ${by}, ${request})`;
const charge = (columns: string, values: string) =>
  `insert into reign.error_charges (model, lineage, as_of, holdout, cycle, attempt, judgement_number, definition_version,
     trigger, account, alpha, ${columns})
   select model, lineage, as_of, holdout_snapshot, id, 1, 1, 1, trigger, 'cycle', 0.01, ${values}
   from reign.cycles where id = ${at(4)}`;
const onCycle = (change: string) => `update reign.cycles set ${change} where id = ${at(4)}`;
const onJudgement = (change: string) => `update reign.judgements set ${change} where cycle = ${at(4)}`;
const onBackfilled = (change: string) => `update reign.versions set ${change} where id = ${backfilled}`;

/** What even the owner of the tables, with every trigger switched off, cannot write; and the constraint that refuses it. */
test.each([
  [
    'actors_gate',
    "insert into reign.actors (id, kind, name, authentication, release) values ('gate@2', 'gate', 'eve', 'internal', '2')",
  ],
  [
    'lineages_live_begins_alone',
    "update reign.lineages set parent = 'backfill-1' where name = 'live' and model = 'flight-delay'",
  ],
  ['versions_of_cycle', onBackfilled('run_id = null')],
  ['versions_of_cycle', onBackfilled('model_uri = null, digest = null, files = null, version = null')],
  ['versions_live', onBackfilled("origin = 'cycle'")],
  ['versions_origin', onBackfilled("origin = 'notebook'")],
  ['versions_files_named', onBackfilled('digest = null')],
  ['cycles_numbers', onCycle('challenger = null')],
  ['cycles_challenger_number', onCycle('challenger_version = 3')],
  ['cycles_fitted_by_itself', onCycle(`challenger = ${at(3)}, challenger_version = 3`)],
  ['cycles_champion', onCycle("champion = 'unknown'")],
  ['cycles_champion_number', onCycle(`champion = ${at(1)}, champion_version = 2`)],
  ['judgements_challenger', onJudgement("challenger = 'unknown'")],
  ['judgements_challenger_number', onJudgement('challenger_version = 3')],
  ['judgements_champion_number', onJudgement('champion_version = 1')],
  ['judgements_champion_cycle', onJudgement(`champion_cycle = ${at(1)}`)],
  ['judgements_reigning', onJudgement(`champion = ${at(1)}, champion_cycle = ${at(1)}, champion_version = 1`)],
  ['judgements_registered', onJudgement('challenger_version = null')],
  ['error_charges_numbers', charge('challenger, champion_version', 'id, 1')],
  ['error_charges_challenger', charge('challenger', "'unknown'")],
  ['error_charges_champion_number', charge('challenger, champion, champion_version', `id, ${at(1)}, 2`)],
  ['decisions_of_epoch', decision(`'approve', 1, ${judged(4)}, 'person:ada@os-user', ${asked}`)],
  ['decisions_request', decision(`'approve', 2, ${judged(4)}, 'person:ada@os-user', 999`)],
  ['decisions_request', decision(`'approve', 2, ${judged(4)}, 'person:bob@os-user', ${asked}`)],
  ['decisions_once', decision(`'reject', 2, ${judged(3)}, 'person:ada@os-user', ${asked}`)],
  ['rollback_proposals_back', proposal(`1, ${at(1)}, 1`)],
  ['rollback_proposals_model_lineage_restores_epoch_champion_fkey', proposal(`2, ${at(2)}, 1`)],
  ['resumptions_rollback', resumption(2, "'because', 'person:ada@os-user'", asked)],
  ['resumptions_actor_check', resumption(2, "'because', 'gate@0.1.0'", asked)],
  ['promotions_held', 'update reign.promotions set held_definition_version = 1 where epoch = 2'],
  ['promotions_kind_check', promotion('cycle, judgement_number', `'gate@0.1.0', 'coup', ${at(3)}, 3, ${at(3)}, 1`)],
  ['promotions_promotion', promotion('cycle', `'gate@0.1.0', 'promotion', ${at(3)}, 3, null`)],
  ['promotions_won', promotion('cycle, judgement_number', `'gate@0.1.0', 'promotion', ${at(3)}, 3, ${at(3)}, 1`)],
  [
    'promotions_decided',
    promotion(
      'cycle, judgement_number, decision',
      `'person:ada@os-user', 'promotion', ${at(4)}, 4, ${at(4)}, 1, (select id from reign.decisions)`,
    ),
  ],
  [
    'promotions_registered',
    promotion('cycle, judgement_number', `'gate@0.1.0', 'promotion', ${at(3)}, null, ${at(3)}, 1`),
  ],
  [
    'promotions_champion_number',
    promotion('cycle, judgement_number', `'gate@0.1.0', 'promotion', ${at(3)}, 4, ${at(3)}, 1`),
  ],
] as const)('%s: %s', async (law, attempt) => {
  const refusal = await ledger.owner
    .transaction()
    .execute(async (transaction) => {
      for (const table of guarded)
        await sql`alter table ${sql.id('reign', table)} disable trigger user`.execute(transaction);
      await sql.raw(attempt).execute(transaction);
      throw new Error(`nothing refused it: ${attempt}`);
    })
    .catch((error: Error) => error);
  const { cause } = refusal;
  if (!(cause instanceof DatabaseError)) throw refusal;
  expect(cause.constraint ?? cause.message).toBe(law);
});

const guarded = [
  ...['actors', 'lineages', 'versions', 'cycles', 'judgements'],
  ...['error_charges', 'decisions', 'rollback_proposals', 'promotions'],
];

test('proposals of rollbacks stay as they were made', async () => {
  for (const statement of ["update reign.rollback_proposals set reason = 'x'", 'delete from reign.rollback_proposals'])
    await expect(sql.raw(statement).execute(ledger.owner)).rejects.toMatchObject({ code: 'LedgerConflict' });
});
