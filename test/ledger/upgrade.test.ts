import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { chargesOf } from '../../ledger/errorCharges.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameVersion, versionOf } from '../../ledger/versions.ts';
import { withDatabase } from '../postgres.ts';
import { crown, definition, hashOf, identity, judgementOf, model, windows } from './scene.ts';
import { upTo } from './upTo.ts';

/** A cycle as release 0.1.0 left it: fitted, registered and charged, when its worker was replaced by one of this release. */
const started = (week: number, status: string) => {
  const { id, asOf } = identity({ week });
  const { train, holdout } = windows(week);
  const [trained, held, environment] = [hashOf(`train ${week}`), hashOf(`holdout ${week}`), hashOf('environment')];
  return `
    insert into reign.snapshots (content_hash, rows) values ('${trained}', 1000), ('${held}', 100);
    insert into reign.cycles (id, model, lineage, as_of, definition_version, trigger, status, train_from, train_to,
      holdout_from, holdout_to, train_snapshot, holdout_snapshot)
    values ('${id}', '${model}', 'live', '${asOf}', 1, 'schedule', 'running', '${train.from}', '${train.to}',
      '${holdout.from}', '${holdout.to}', '${trained}', '${held}');
    insert into reign.attempts (cycle, number, token) values ('${id}', 1, 'run-1');
    insert into reign.cycle_snapshots (cycle, attempt, purpose, content_hash, query_hash, window_from, window_to)
    values ('${id}', 1, 'holdout', '${held}', '${held}', '${holdout.from}', '${holdout.to}');
    insert into reign.versions (cycle, model, lineage, version, experiment_id, run_id, model_id, definition_version,
      attempt, model_uri, train_snapshot, train_rows, environment_hash)
    values ('${id}', '${model}', 'live', ${week}, '1', 'run ${week}', 'm-${week}', 1, 1, 'models:/m-${week}', '${trained}', 990,
      '${environment}');
    update reign.cycles set challenger_version = ${week} where id = '${id}';
    insert into reign.error_charges (model, lineage, as_of, challenger_version, champion_version, holdout, cycle, attempt,
      judgement_number, definition_version, trigger, account, alpha)
    values ('${model}', 'live', '${asOf}', ${week}, ${week === 1 ? 'null' : week - 1}, '${held}', '${id}', 1, 1, 1,
      'schedule', 'cycle', 0.025);
    ${status === 'running' ? '' : promoted(week, id)}`;
};

const promoted = (week: number, id: string) => `
    insert into reign.judgements (cycle, number, attempt, model, lineage, epoch, challenger_version, champion_version,
      champion_cycle, evidence, policy, verdict)
    values ('${id}', 1, 1, '${model}', 'live', 0, ${week}, null, null, '${hashOf('evidence')}', '{}', '{"kind": "promote"}');
    insert into reign.promotions (model, lineage, epoch, version, kind, cycle, judgement_number, reason, promoted_by)
    values ('${model}', 'live', 1, ${week}, 'promotion', '${id}', 1, 'It wins.', 'gate');
    update reign.cycles set status = 'promoted', ended_at = clock_timestamp() where id = '${id}';`;

test('a cycle that an earlier release began goes on with this one: judged, promoted and recorded', async () => {
  await using database = await withDatabase();
  const { db, close } = openLedger(database.url);
  try {
    await upTo(db, '0012-waiting');
    await sql`insert into reign.models (name) values (${model})`.execute(db);
    await sql`insert into reign.definitions (model, version, hash, document, columns, applied_by)
      values (${model}, 1, ${hashOf('d')}, ${JSON.stringify(definition())}, '[]', 'ada')`.execute(db);
    await sql.raw(started(1, 'promoted')).execute(db);
    await sql.raw(started(2, 'running')).execute(db);
    // What a person did by hand, with psql: to a version that reigned, and to one that never did.
    await sql`insert into reign.promotions (model, lineage, epoch, version, kind, reason, promoted_by)
      values (${model}, 'live', 2, 2, 'rollback', 'by hand', ${' ada\nlovelace '}),
             (${model}, 'live', 3, 1, 'rollback', 'by hand', '')`.execute(db);
    await migrate(db);

    const { id } = identity({ week: 2 });
    expect(await currentChampion(db, model, 'live')).toMatchObject({
      ...{ epoch: 3, id: identity({ week: 1 }).id, version: 1, trainWindow: windows(1).train },
    });
    expect(
      await db.selectFrom('promotions').select(['epoch', 'actor', 'restores_epoch']).orderBy('epoch').execute(),
    ).toEqual([
      { epoch: 1, actor: 'gate@earlier', restores_epoch: null },
      { epoch: 2, actor: 'person:ada lovelace@unknown', restores_epoch: null },
      { epoch: 3, actor: 'person:unknown@unknown', restores_epoch: 1 },
    ]);
    expect(await versionOf(db, { model, version: 2 })).toMatchObject({ id, cycle: id, version: 2 });
    expect(await chargesOf(db, model, 'live')).toMatchObject([
      { challenger: 1, champion: null },
      { challenger: 2, champion: 1 },
    ]);

    const again = {
      ...identity({ week: 2 }),
      trigger: 'schedule' as const,
      windows: windows(2),
      attemptToken: 'run-1',
    };
    expect(await claimCycle(db, again)).toMatchObject({ outcome: 'claimed', cycle: { attempt: 1, challenger: 2 } });
    expect(await nameVersion(db, { id, attempt: 1 }, 2)).toBe(2);
    const judgement = await storeJudgement(db, await judgementOf({ db, week: 2 }));
    expect(judgement).toMatchObject({ epoch: 3, challenger: 2, champion: 1 });
    expect(await crown({ db, week: 2 }, judgement)).toEqual({ outcome: 'promoted', epoch: 4 });
    expect(await recordOutcome(db, id, { status: 'promoted' })).toMatchObject({ status: 'promoted', challenger: 2 });
  } finally {
    await close();
  }
});
