import { userInfo } from 'node:os';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/exitCodes.ts';
import { cyclesOf } from '../../ledger/cycles.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import type { Verdict } from '../../schemas/verdict.ts';
import { openObjects } from '../../store/openObjects.ts';
import { rowsFileOf } from '../storeFiles.ts';
import { type Changes, selecting, writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, settings, ledger, command, apply: applyFile, retrain, evidenceOf } = await useStack();

const features = ['income', 'debt', 'purpose'];
const source = (changes: object = {}) => ({
  query: 'select loan_id, applied_at, income, debt, purpose, outcome from loans',
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features,
  ...changes,
});

const apply = (model: string, fields: Changes['fields'] = {}) => {
  const all = { source: source(), ...fields };
  return applyFile(writeDefinition(root, model, { query: selecting(), fields: all }));
};

async function decidingOf({ id }: Cycle): Promise<string | undefined> {
  return (await judgementsOf(ledger.db, id)).at(-1)?.verdict.deciding;
}

it('a comparison is invalid where a feature gives the label away', async () => {
  const query =
    "select loan_id, applied_at, income, debt, purpose, (outcome = 'defaulted')::int as arrears, outcome from loans";
  await apply('leaking', { source: source({ query, features: [...features, 'arrears'] }) });
  const cycle = await retrain('leaking', '2024-03-04');
  expect(cycle).toMatchObject({ status: 'kept', verdict: 'invalid', summary: expect.stringContaining('arrears') });
  expect(await decidingOf(cycle)).toBe('no-leak');
});

describe('a champion that was held against a fit on shuffled labels', () => {
  const model = 'tried';
  const budget = { gate: { error: { wrongPromotions: 0.5 } }, schedule: { cron: '0 6 * * MON' } };

  it('is promoted: the control must not win', async () => {
    await apply(model, { ...budget, gate: { ...budget.gate, controls: { shuffledFit: true } } });
    const cycle = await retrain(model, '2024-03-04');
    expect(cycle).toMatchObject({ status: 'promoted', verdict: 'promote' });
    const { controls } = await evidenceOf(cycle);
    expect(controls?.shuffledFit?.difference?.alpha).toBe(0.0001);
    expect(controls?.shuffledFit?.difference?.decidingLow).toBeLessThan(0);
    // It reaches no registry: the cycle has one version.
    expect((await cyclesOf(ledger.db, model)).map(({ challenger }) => challenger)).toEqual([1]);
  });

  it('meets a try that says what the cycle says, and writes nothing', async () => {
    // It knows nothing of income and debt.
    const query = 'select loan_id, applied_at, 0.5::float8 as income, 0.5::float8 as debt, purpose, outcome from loans';
    // Its classes stand in another order: by name they are the same.
    const label = { classes: ['defaulted', 'paid'], positive: 'defaulted' };
    const weaker = { source: source({ query }), label, ...budget };
    const path = writeDefinition(root, 'tried', { query: selecting(), fields: weaker });
    const written = async () =>
      Promise.all(
        (['cycles', 'versions', 'judgements', 'error_charges', 'definitions', 'events'] as const).map(
          async (table) =>
            (
              await ledger.db
                .selectFrom(table)
                .select(({ fn }) => fn.countAll().as('rows'))
                .executeTakeFirstOrThrow()
            ).rows,
        ),
      );
    const before = await written();
    const tried = await command('try', path, '--as-of', '2024-03-18', '--json');
    expect(tried.json()).toMatchObject({ against: { version: 1, reigns: true, asOf: '2024-03-04T00:00:00Z' } });
    const alone = await command('try', path, '--as-of', '2024-03-18', '--against', 'none');
    expect(alone.stdout).toContain('judged against the trivial predictor');
    expect(await written()).toEqual(before);

    await apply(model, weaker);
    const cycle = await retrain(model, '2024-03-18');
    const evidence = await evidenceOf(cycle);
    const told = tried.json() as { verdict: Verdict; measured: Evidence };
    expect(['keep', 'insufficient']).toContain(told.verdict.kind);
    expect(evidence.champion).toMatchObject({ unscorable: null, classes: ['paid', 'defaulted'] });
    expect(evidence.rows.labelsDiffer).toBe(0);
    const [judgement] = await judgementsOf(ledger.db, cycle.id);
    const checks = (verdict?: Verdict) => verdict?.checks.filter(({ name }) => name !== 'follow-up');
    expect({ ...told.verdict, checks: checks(told.verdict) }).toEqual({
      ...judgement?.verdict,
      checks: checks(judgement?.verdict),
    });
    expect([told.measured.metrics, told.measured.charge, told.measured.rowHash]).toEqual([
      evidence.metrics,
      evidence.charge,
      evidence.rowHash,
    ]);
    const late = await command('try', path, '--as-of', '2024-02-26', '--json');
    expect(late.json()).toMatchObject({ against: null, warnings: [expect.stringContaining('would be superseded')] });
  });

  it('is no opponent on rows that it was fitted on: the comparison is invalid', async () => {
    await apply(model, { ...budget, windows: { horizon: 'P1D', lag: 'PT0S', train: 'P3W', holdout: 'P8W' } });
    const cycle = await retrain(model, '2024-03-25');
    expect(cycle).toMatchObject({ status: 'kept', verdict: 'invalid' });
    expect(await decidingOf(cycle)).toBe('unseen-rows');
  });
});

it('labels that a champion selected never promote by themselves: a person does, or does not', async () => {
  const query =
    'select loan_id, applied_at, income, debt, purpose, debt < 0.4 as accepted, case when debt < 0.4 then outcome end as outcome from loans';
  await apply('selected', {
    source: source({ query, labels: 'selected', selection: { decision: 'accepted' } }),
  });
  const asked = await retrain('selected', '2024-03-04');
  const summary = expect.stringContaining('whom the champion accepted');
  expect(asked).toMatchObject({ status: 'waiting', waitsFor: 'person' });
  expect((await command('waiting', '--model', 'selected', '--json')).json()).toMatchObject({
    cycles: [{ id: asked.id, question: { number: 1, round: 1, approvers: [], verdict: summary } }],
  });
  expect((await command('show', asked.id)).stdout).toContain(`reign approve ${asked.id} --reason`);
  const [judgement] = await judgementsOf(ledger.db, asked.id);
  const sign = (word: string, id: string, ...more: string[]) =>
    command(word, id, '--reason', 'as good', ...more, '--json');
  expect((await sign('approve', asked.id, '--evidence', 'a'.repeat(64))).json()).toMatchObject({
    error: { code: 'UsageInvalid', message: expect.stringContaining('judged again since') },
  });
  const signed = await sign('approve', asked.id, '--evidence', judgement?.evidence ?? '');
  expect(signed.json()).toMatchObject({ decision: { kind: 'approve', by: userInfo().username }, heard: true });
  const promoted = await retrain('selected', '2024-03-04');
  expect(promoted).toMatchObject({ status: 'promoted', verdict: 'review', summary });
  expect((await evidenceOf(promoted)).selection).toMatchObject({ weighted: false });
  expect((await command('history', 'selected')).stdout).toContain(`${userInfo().username}`);
  const twice = await sign('approve', asked.id);
  expect([twice.code, twice.json()]).toMatchObject([exitCodes.badInput, { error: { code: 'UsageInvalid' } }]);
  expect((await command('verify', '--all', 'selected', '--json')).json().outcome).toBe('identical');
});

it('a champion that only did not lose is held against the last one that won', async () => {
  const gate = { primary: 'roc_auc', win: 'nonInferior', margin: 0.05, reason: 'A cheaper model of the same worth.' };
  await apply('cheaper', { gate });
  const cycles = [];
  for (const asOf of ['2024-03-04', '2024-03-18', '2024-04-01']) cycles.push(await retrain('cheaper', asOf));
  const anchors = await Promise.all(cycles.map(async (cycle) => (await evidenceOf(cycle)).anchor?.cycle ?? null));
  expect(cycles.map(({ status }) => status).slice(0, 2)).toEqual(['promoted', 'promoted']);
  // The first beat the trivial predictor; the second won by not being worse: the third meets both.
  expect(anchors).toEqual([null, null, cycles[0]?.id]);
  const { followUp } = await evidenceOf(cycles[2] as Cycle);
  expect(followUp).toMatchObject({ cycle: cycles[1]?.id, complete: true, unmeasured: null });
});

it('a fit that could show nothing is saved, and tests outside the schedule draw from the reserve', {
  timeout: 300_000,
}, async () => {
  const gate = { primary: 'roc_auc', detect: 0.0001, error: { wrongPromotions: 0.05 } };
  await apply('hopeless', { gate, schedule: { cron: '0 6 * * MON' } });
  const asOfs = ['03-04', '03-11', '03-18', '03-25', '04-01', '04-08', '04-15', '04-22', '04-29'].map(
    (day) => `2024-${day}`,
  );
  const cycles = [];
  for (const asOf of asOfs) cycles.push(await retrain('hopeless', asOf));
  const [first] = cycles;
  expect(first).toMatchObject({ status: 'promoted' });
  // Four against a champion, three that are spared their fit, and one that looks whether the world has changed.
  expect(cycles.map(({ status }) => status === 'skipped')).toEqual([...Array(5).fill(false), true, true, true, false]);
  expect(cycles[5]).toMatchObject({
    challenger: null,
    summary: expect.stringMatching(/^Not fitted: by 4 past cycles/),
  });
  const budget = await command('budget', 'hopeless', '--json');
  expect(budget.json()).toMatchObject({ accounts: { schedule: { tests: 0 }, reserve: { tests: 6 } } });
  expect((await evidenceOf(first as Cycle)).charge).toMatchObject({
    account: 'reserve',
    alpha: expect.closeTo(0.04 / 53),
  });
});

it('verifying names what was altered', async () => {
  const all = await command('verify', '--all', 'cheaper', '--json');
  expect([all.code, all.json().outcome]).toEqual([exitCodes.ok, 'identical']);

  // One prediction, changed as somebody would who knows the format: the file's hash is not what its manifest says.
  const [cycle] = await cyclesOf(ledger.db, 'cheaper');
  const { challenger } = await evidenceOf(cycle as Cycle);
  const objects = openObjects(settings.store);
  const file = await rowsFileOf(settings.store, 'predictions', challenger.predictions ?? 'none');
  const bytes = await objects.read(file);
  const altered = Buffer.from(bytes);
  const middle = Math.floor(altered.length / 2);
  altered.writeUInt8(altered.readUInt8(middle) ^ 1, middle);
  await objects.put(file, altered);
  const broken = await command('verify', '--all', 'cheaper', '--json');
  expect(broken.code).not.toBe(exitCodes.ok);
  expect(JSON.stringify(broken.json())).toContain(cycle?.id);
  await objects.put(file, bytes);

  // Only the owner of the ledger can do this.
  const owner = openLedger(settings.ledgerOwnerUrl ?? '');
  try {
    await owner.db.transaction().execute(async (transaction) => {
      await sql`alter table reign.judgements disable trigger user`.execute(transaction);
      await sql`update reign.judgements set policy = jsonb_set(policy, '{gate,margin}', '0.5') where cycle = ${cycle?.id}`.execute(
        transaction,
      );
      await sql`alter table reign.judgements enable trigger user`.execute(transaction);
    });
  } finally {
    await owner.close();
  }
  const policy = await command('verify', cycle?.id ?? '', '--json');
  expect(policy.code).toBe(exitCodes.disagrees);
  expect(JSON.stringify(policy.json())).toContain('margin');
});
