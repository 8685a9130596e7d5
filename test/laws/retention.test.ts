import { expect, it } from 'vitest';
import { eventsOf } from '../../ledger/events.ts';
import { installationId } from '../../ledger/reconciliations.ts';
import { removeExpiredFeatures } from '../../reconcile/expiredFeatures.ts';
import { writeDefinition } from './badInput/definitions.ts';
import { useStack } from './useStack.ts';

const { root, store, ledger, command, apply, retrain, evidenceOf } = await useStack();
const model = 'short-lived';
const source = {
  // Rows that no other model of the run's stack has: a snapshot that is shared stays.
  query: 'select loan_id + 700000 as loan_id, applied_at, income, debt, purpose, outcome from loans',
  rowId: 'loan_id',
  eventTime: 'applied_at',
  label: 'outcome',
  labels: 'complete',
  features: ['income', 'debt', 'purpose'],
};

/** As Reign's schedule would do it in 91 days. */
async function removeFeatures(): Promise<number> {
  await store.markInstallation(await installationId(ledger.db));
  let removed = 0;
  const now = new Date(Date.now() + 91 * 86_400_000);
  await removeExpiredFeatures({ ledger, store }, { now, asked: null, onRemoved: () => removed++ });
  return removed;
}

interface Verified {
  readonly outcome: string;
  readonly cycles: readonly { readonly findings: readonly { readonly part: string; readonly said: string }[] }[];
}

it('features are gone after their retention; later cycles do not need them, and every verdict is recomputed', async () => {
  await apply(writeDefinition(root, model, { fields: { source, retention: { features: 'P90D' } } }));
  const first = await retrain(model, '2024-03-04');
  expect(first.status).toBe('promoted');
  const second = await retrain(model, '2024-03-18');
  const features = [first, second].flatMap(({ snapshots }) => [snapshots.train, snapshots.holdout]);
  expect(await removeFeatures()).toBe(4);
  for (const hash of features) expect(await store.hasRows('snapshots', hash ?? '')).toBe(false);

  // The rows that the champion has seen are known by their ids, and what was observed before by its documents.
  const third = await retrain(model, '2024-04-01');
  const evidence = await evidenceOf(third);
  expect(third.failure).toBeNull();
  expect(evidence.rowIdsGone).toBeUndefined();
  expect([evidence.challenger.fittedOnJudgedRows, evidence.champion?.fittedOnJudgedRows]).toEqual([0, 0]);
  expect(evidence.past.length).toBeGreaterThan(0);
  const warned = (await eventsOf(ledger.db, third.id)).filter(({ kind }) => kind === 'warning');
  expect(warned.map(({ detail }) => (detail as { warning: string }).warning)).toEqual([
    'the snapshots of the last cycle are no longer in the store: nothing was compared with them',
  ]);

  expect(await removeFeatures()).toBe(2);
  const { code, stdout, json } = await command('verify', '--all', model, '--json');
  const verified = json() as unknown as Verified;
  expect([code, verified.outcome, stdout.includes('impossible')]).toEqual([0, 'identical', false]);
  expect(verified.cycles).toHaveLength(3);
  for (const { findings } of verified.cycles) {
    expect(findings.filter(({ part }) => part === 'features').map(({ said }) => said)).toEqual([
      expect.stringMatching(/^those of the train snapshot were deleted on \d{4}-\d\d-\d\d \(retention P90D\)/),
      expect.stringMatching(/^those of the holdout snapshot were deleted/),
    ]);
  }
  expect((await command('show', model)).code).toBe(0);
});
