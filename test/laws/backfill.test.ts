import { expect, it } from 'vitest';
import { currentChampion, liveChampion } from '../../ledger/champions.ts';
import { cyclesOf } from '../../ledger/cycles.ts';
import { chargesOf } from '../../ledger/errorCharges.ts';
import { fittedVersions } from '../../ledger/versions.ts';
import type { BackfillShown } from '../../operations/backfill/shown.ts';
import { searchLoggedModelsByTag } from '../../tracker/loggedModels.ts';
import { openTracker } from '../../tracker/openTracker.ts';
import { getAlias, searchVersionsByTag } from '../../tracker/registry.ts';
import { getRun } from '../../tracker/runs.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, settings, client, ledger, command, apply, retrain } = await useStack();
const model = 'past';
const source = {
  query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features: ['income', 'debt', 'purpose'],
};
const stretch = ['--from', '2024-03-04', '--to', '2024-05-13', '--every', 'P5W'];
const dates = ['2024-03-04T00:00:00Z', '2024-04-08T00:00:00Z', '2024-05-13T00:00:00Z'];

async function backfill(...args: string[]): Promise<BackfillShown> {
  const { code, stderr, json } = await command('backfill', model, ...args, '--json');
  expect([code, stderr.includes('error')], stderr).toEqual([0, false]);
  return json() as BackfillShown;
}

it('two backfills at once give the same verdicts and champions, and move nothing that is live', async () => {
  await apply(writeDefinition(root, model, { fields: { source, schedule: { cron: '0 6 * * MON' } } }));
  const live = await retrain(model, '2024-03-04');
  expect(live).toMatchObject({ status: 'promoted', challenger: 1 });
  const tracker = openTracker(settings.trackerUri);
  const before = await liveChampion(ledger.db, model);

  const plan = await backfill(...stretch, '--parallel', '2', '--dry-run');
  expect(plan).toMatchObject({ status: 'planned', dates: [] });
  expect(plan.plan.dates.map(({ asOf }) => asOf)).toEqual(dates);
  expect(plan.plan.dates[0]?.rows).toEqual({ train: live.rows.train, holdout: live.rows.holdout });
  expect(plan.plan.dates[1]?.rows).toEqual({ train: null, holdout: null });
  expect(plan.plan.cost).toMatchObject({ cycles: 1, totalSeconds: expect.any(Number) });

  const [ahead, alone] = await Promise.all([
    backfill('--plan', plan.id, '--wait', '--reason', 'what if'),
    backfill(...stretch, '--parallel', '1', '--wait', '--reason', 'the same, one by one'),
  ]);
  expect(ahead).toMatchObject({ id: plan.id, status: 'done', counts: { ended: 3, failed: 0 } });
  const ends = (shown: BackfillShown) =>
    shown.dates.map(({ asOf, status, verdict, champion }) => ({ asOf, status, verdict, champion }));
  expect(ends(ahead).map(({ asOf }) => asOf)).toEqual(dates);
  expect(ends(ahead)[0]).toMatchObject({ status: 'promoted', verdict: 'promote', champion: dates[0] });
  expect(ends(alone)).toEqual(ends(ahead));
  const [one, other] = await Promise.all([
    currentChampion(ledger.db, model, ahead.lineage),
    currentChampion(ledger.db, model, alone.lineage),
  ]);
  expect(one).toMatchObject({ version: null, asOf: other?.asOf, epoch: other?.epoch });
  expect(one?.digest).toMatch(/./);

  // The live cycle of the first date was judged on the same rows, and judged the same way.
  const [first] = (await cyclesOf(ledger.db, model, { lineage: ahead.lineage })).toReversed();
  expect(first).toMatchObject({ verdict: live.verdict, rows: live.rows, snapshots: live.snapshots });

  expect(await liveChampion(ledger.db, model)).toEqual(before);
  expect(await chargesOf(ledger.db, model, 'live')).toHaveLength(1);
  expect((await chargesOf(ledger.db, model, ahead.lineage)).map(({ account }) => account)).toEqual(
    dates.map(() => expect.stringMatching(/cycle|schedule/)),
  );
  expect(await getAlias(tracker, model, 'champion')).toBe(1);
  expect((await searchVersionsByTag(tracker, model, 'reign.model', model)).map(({ version }) => version)).toEqual([1]);
  const fitted = (await fittedVersions(ledger.db, model)).filter(({ lineage }) => lineage === ahead.lineage);
  const experiment = fitted[0]?.run.experimentId ?? '';
  expect(await searchLoggedModelsByTag(tracker, experiment, 'reign.lineage', ahead.lineage)).toHaveLength(3);
  for (const { run } of fitted) expect(await getRun(tracker, run.runId)).toMatchObject({ status: 'FINISHED' });

  // Live cycles have 3: where both wait for a trainer, the live one is next.
  const { events } = await client.workflow.getHandle(first?.id ?? '').fetchHistory();
  expect(events?.[0]?.workflowExecutionStartedEventAttributes?.priority?.priorityKey).toBe(5);
  const report = await command('show', first?.id ?? '');
  expect([report.code, report.stdout], report.stderr).toEqual([0, expect.stringMatching(/promote/)]);
  const reigns = await command('history', model, '--lineage', ahead.lineage);
  expect([reigns.code, reigns.stdout], reigns.stderr).toEqual([0, expect.stringMatching(/2024-03-04/)]);
  const verified = await command('verify', first?.id ?? '');
  expect([verified.code, verified.stdout], verified.stderr).toEqual([0, expect.stringMatching(/all agree/)]);
  const shown = await command('backfill', 'show', ahead.id);
  expect(shown.stdout).toMatch(/status +done: 3 dates/);
  expect(shown.stdout).toMatch(/2024-03-04 +promoted +promote +2024-03-04/);
  // Begun again, it is the same one.
  expect((await backfill('--plan', plan.id, '--reason', 'again')).dates).toEqual(ahead.dates);
}, 300_000);

it('what cannot be done is refused before anything begins', async () => {
  const refused = async (...args: string[]) => (await command('backfill', ...args, '--reason', 'x')).stderr;
  expect(await refused(model, '--from', '2024-05-13', '--to', '2024-03-04', '--every', 'P7D')).toMatch(
    /--from 2024-05-13T00:00:00Z is after --to/,
  );
  expect(await refused(model, '--from', '2024-05-13', '--to', '2999-01-01', '--every', 'P7D')).toMatch(/AsOfInFuture/);
  expect(await refused(model, ...stretch, '--start-from', '99')).toMatch(/has no version 99/);
  expect(await refused(model, ...stretch, '--start-from', 'live')).toMatch(/nobody reigned before 2024-03-04/);
  expect(await refused(model, ...stretch, '--start-from', '1')).toMatch(
    /was fitted for 2024-03-04T00:00:00Z, which is not/,
  );
  expect(await refused(model, ...stretch, '--definition', '7')).toMatch(/no definition version 7/);
  expect(await refused(model, ...stretch, '--name', 'backfill-1')).toMatch(/has a lineage backfill-1 already/);
  expect(await refused(model, ...stretch, '--every', 'P0D')).toMatch(/--every is P0D/);
  expect((await command('backfill', 'show', 'past.nothing')).stderr).toMatch(/BackfillUnknown/);
  expect(await refused('pause', 'past.backfill-1')).toMatch(/is done; that cannot be followed by pause/);
  const plan = await backfill(...stretch, '--dry-run');
  await apply(writeDefinition(root, model, { fields: { source, description: 'another one' } }));
  expect(await refused(model, '--plan', plan.id)).toMatch(/the newest definition version was 1, and is 2/);
}, 120_000);
