import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking } from '../operations/asking.ts';
import type { PythonProgram } from '../../operations/context.ts';
import { openPython } from '../../cli/python.ts';
import { connectTemporal } from '../../operations/connectTemporal.ts';
import type { VerifiedCycle } from '../../operations/verify/finding.ts';
import { verifyCycle } from '../../operations/verify/verifyCycle.ts';
import { currentChampion } from '../../ledger/champions.ts';
import { cycleById, cyclesOf } from '../../ledger/cycles.ts';
import { migrate, migrationStatus } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { Evidence } from '../../schemas/evidence.ts';
import { openTracker, type Tracker } from '../../tracker/openTracker.ts';
import { openStore } from '../../store/openStore.ts';
import { closing } from '../laws/closing.ts';
import { startServers } from '../laws/servers.ts';
import { copyStore } from '../storeFiles.ts';
import { storeSettings } from '../storePlace.ts';
import { recordedVersions } from './recorded.ts';
import { releaseFolder, restoreRelease, sumsOf } from './restore.ts';

interface Answers {
  readonly verify?: { readonly cycles: readonly VerifiedCycle[] };
  readonly cycles: { readonly cycles: readonly Cycle[] };
}

/** Models by the file that was applied last, with the asOf that comes after what was recorded. */
const goingOn = {
  '0.1.0': [
    { model: 'loans', file: 'code/loans.yaml', asOf: '2024-04-29' },
    { model: 'loans-budgeted', file: 'later/loans-budgeted.yaml', asOf: '2024-04-15' },
    { model: 'loans-debt', file: 'declared/loans-debt.yaml', asOf: '2024-04-01' },
  ],
} as const;

it('recorded releases are never changed', () => {
  for (const version of recordedVersions()) {
    const folder = releaseFolder(version);
    expect(sumsOf(folder)).toEqual(readFileSync(join(folder, 'SHA256SUMS'), 'utf8').trim().split('\n'));
  }
  expect(recordedVersions()).toEqual(Object.keys(goingOn));
});

describe.each(Object.entries(goingOn))('release %s', (version, models) => {
  const open = closing();
  const answers = JSON.parse(readFileSync(join(releaseFolder(version), 'answers.json'), 'utf8')) as Record<
    string,
    Answers
  >;
  let ledger: ReturnType<typeof openLedger>;
  let store: ReturnType<typeof openStore>;
  let tracker: Tracker;
  let trainer: PythonProgram;
  let client: Awaited<ReturnType<typeof connectTemporal>>;

  beforeAll(async () => {
    const stack = await open(
      startServers(['worker', 'trainer'], {
        prepare: async (home) => {
          const restored = await restoreRelease(version, home);
          const store = storeSettings(home);
          if (store.REIGN_STORE !== undefined) await copyStore(join(home, 'store'), store.REIGN_STORE);
          return { REIGN_LEDGER_URL: restored.ledger.url, REIGN_CONNECTION_WAREHOUSE: restored.warehouse.url, ...store };
        },
      }),
      (started) => started.stop({ now: true }),
    );
    ledger = await open(Promise.resolve(openLedger(stack.settings.ledgerUrl)), ({ close }) => close());
    await migrate(ledger.db);
    store = openStore(stack.settings.store);
    tracker = openTracker(stack.settings.trackerUri, {});
    client = await open(connectTemporal(stack.settings.temporal, store), ({ connection }) => connection.close());
    trainer = await open(
      Promise.resolve(openPython('reign_trainer.recompute', new AbortController().signal)),
      ({ close }) => close(),
    );
  }, 240_000);

  afterAll(() => open.all());

  /** What was recorded about a finding stays: a later release may look at more. */
  const essence = ({ cycle, asOf, findings }: VerifiedCycle) => ({
    cycle,
    asOf,
    findings: findings.map(({ part, judgement, outcome }) => ({ part, judgement, outcome })),
  });

  it('migrates to today, with every cycle as it was', async () => {
    expect((await migrationStatus(ledger.db)).every(({ executedAt }) => executedAt !== null)).toBe(true);
    for (const [model, { cycles: said }] of Object.entries(answers)) {
      const now = await cyclesOf(ledger.db, model, { limit: 100 });
      expect(now, model).toHaveLength(said.cycles.length);
      for (const cycle of said.cycles) expect(await cycleById(ledger.db, cycle.id)).toMatchObject({ ...cycle });
    }
  });

  it('verifies to the bit', async () => {
    for (const [model, { verify }] of Object.entries(answers)) {
      if (verify === undefined) continue;
      for (const said of verify.cycles) {
        const cycle = await cycleById(ledger.db, said.cycle);
        if (cycle === undefined) throw new Error(`${said.cycle} of ${model} is gone`);
        const verified = await verifyCycle({ ledger, store, trainer, tracker }, cycle);
        expect(verified.outcome, JSON.stringify(verified.findings)).toBe('identical');
        expect(essence(verified).findings).toEqual(expect.arrayContaining(essence(said).findings));
      }
    }
  });

  it('finds nothing new in the files that were applied', async () => {
    for (const { model, file } of models) {
      const applied = await asking({ client, ledger, store }).apply(join(releaseFolder(version), 'definitions', file));
      expect(applied, model).toMatchObject({ model, created: false, changes: [] });
    }
  });

  it('goes on with the next cycle, against the champion of then', async () => {
    for (const { model, asOf } of models) {
      const reigning = await currentChampion(ledger.db, model, 'live');
      const ended = await asking({ client, ledger, store }).retrain(model, asOf);
      expect(['promoted', 'kept'], `${model}: ${ended.summary}`).toContain(ended.status);
      expect(ended.champion).toBe(reigning?.version);
      // It was judged against that very version, as today's trainer loads it.
      const document = await store.readDocument('evidence', ended.evidence ?? '');
      expect(Evidence.parse(JSON.parse(document.toString('utf8'))).champion).toMatchObject({ unscorable: null });
      expect((await verifyCycle({ ledger, store, trainer, tracker }, ended)).outcome).toBe('identical');
    }
  });
});
