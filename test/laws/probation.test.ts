import { expect, it } from 'vitest';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById } from '../../ledger/cycles.ts';
import { openProposals } from '../../ledger/rollbackProposals.ts';
import { until } from '../stack/testHome.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, ledger, command, apply, retrain, evidenceOf } = await useStack();
const model = 'on-probation';
/** Loans of a world that stays as it is. */
const query = (income: string, debt: string) =>
  `select loan_id, applied_at, ${income} as income, ${debt} as debt, purpose,
     case when debt - income + 4 * (abs(hashint8extended(loan_id, 9) % 1009) / 1009.0 - 0.5) > 0 then 'defaulted' else 'paid' end as outcome from loans`;
const source = {
  query: query('income', 'debt'),
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features: ['income', 'debt', 'purpose'],
};
const blind = { ...source, query: query('0.5::float8', '0.5::float8') };
const champion = async () => (await currentChampion(ledger.db, model, 'live'))?.version;
const define = (fields: object) => apply(writeDefinition(root, model, { fields: { source, ...fields } }));

/** A person approves where the gate leaves it to them. */
async function promote(asOf: string): Promise<void> {
  const { id, status } = await retrain(model, asOf);
  if (status === 'waiting') expect((await command('approve', id, '--reason', 'it needs less')).code).toBe(0);
  await until('it is promoted', async () => (await cycleById(ledger.db, id))?.status === 'promoted', { seconds: 120 });
}

it('a champion that is really worse is found out by the first rows after its promotion; a person approves the rollback', async () => {
  await define({});
  await promote('2024-03-04');
  // It loses, and a person promotes it all the same.
  await define({ source: blind, gate: { primary: 'roc_auc', onLoss: 'review' } });
  await promote('2024-03-18');
  expect(await champion()).toBe(2);

  await define({ source: blind });
  const third = await retrain(model, '2024-04-01');
  expect([third.status, third.failure]).toEqual(['kept', null]);
  const { followUp } = await evidenceOf(third);
  expect(followUp?.look).toEqual({ number: 1, of: 8, alpha: 0.00625, acceptedLoss: 0 });
  expect(followUp?.found?.alpha).toBe(0.00625);
  const [proposal] = await openProposals(ledger.db, model);
  expect(proposal).toMatchObject({ epoch: 2, champion: 2, version: 1, evidence: third.evidence, by: 'gate' });
  const id = proposal?.id ?? '';
  expect((await command('waiting', '--model', model)).stdout).toMatch(
    new RegExp(
      `${id.replaceAll('.', String.raw`\.`)} +anybody .* Roll back to v1\\? Look 1 of 8 .* v2 is worse than v1`,
    ),
  );
  expect((await command('show', third.id)).stdout).toContain('probation look 1 of 8');
  expect((await command('history', model)).stdout).toContain('probation look 1 of 8');

  const approved = await command('approve', id, '--reason', 'it costs us money');
  expect(approved.stdout).toContain(`${id}: approved by`);
  expect(approved.stdout).toContain('version 1 reigns again, instead of version 2 (epoch 3)');
  expect(await champion()).toBe(1);
  expect((await command('waiting', '--model', model)).stdout).toBe('No cycle waits.\n');
  const { code, json } = await command('verify', '--all', model, '--json');
  expect([code, (json() as unknown as { outcome: string }).outcome]).toEqual([0, 'identical']);
});
