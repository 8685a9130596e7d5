import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { decide } from '../../gate/decide.ts';
import { primaryResult } from '../../gate/primaryResult.ts';
import { claimCycle } from '../../ledger/claimCycle.ts';
import { storeDefinition } from '../../ledger/definitions.ts';
import { chargeError } from '../../ledger/errorCharges.ts';
import { storeJudgement } from '../../ledger/judgements.ts';
import { nameSnapshots } from '../../ledger/nameSnapshots.ts';
import type { Ledger } from '../../ledger/openLedger.ts';
import { promote } from '../../ledger/promote.ts';
import { recordOutcome } from '../../ledger/recordOutcome.ts';
import { nameFit, nameRun, nameVersion } from '../../ledger/versions.ts';
import { osUser } from '../../schemas/actor.ts';
import { Definition } from '../../schemas/definition.ts';
import { Evidence } from '../../schemas/evidence.ts';
import { EvaluateRequest } from '../../schemas/payloads.ts';
import { projectFolder, pythonBin } from '../../settings/home.ts';
import { openStore } from '../../store/openStore.ts';
import { validDefinition } from '../definition/valid.ts';

/** One cycle as it went, with the names of what it left in the store. */
export interface JudgedCycle {
  readonly id: string;
  readonly request: EvaluateRequest;
  readonly evidence: string;
}

/** A ledger and a store in which two challengers were really judged: the first reigns, the second beats it. */
export async function verifiedLedger(ledger: Ledger, place: string): Promise<JudgedCycle[]> {
  const { db } = ledger;
  const definition = Definition.parse(parse(validDefinition));
  await storeDefinition(db, { definition, codeHash: 'c'.repeat(64), columns: [], appliedBy: osUser('ada') });
  const judged = judgedStore(place, definition);
  const store = openStore(place);
  let before: { version: number; cycle: string } | null = null;
  for (const [at, one] of judged.entries()) {
    const evidence = Evidence.parse(JSON.parse((await store.readDocument('evidence', one.evidence)).toString('utf8')));
    const version = at + 1;
    await judgedCycle(ledger, { ...one, version, evidence, definition, hash: one.evidence, before });
    before = { version, cycle: one.id };
  }
  return judged;
}

interface ToJudge {
  readonly id: string;
  readonly request: EvaluateRequest;
  readonly version: number;
  readonly evidence: Evidence;
  readonly hash: string;
  readonly definition: Definition;
  readonly before: { readonly version: number; readonly cycle: string } | null;
}

async function judgedCycle({ db }: Ledger, { id, request, version, evidence, hash, definition, before }: ToJudge) {
  const { model, lineage, asOf } = request.cycle;
  const { trainSnapshot, holdoutSnapshot } = request.challenger;
  const { trainWindow } = evidence.challenger;
  if (trainSnapshot === null || trainWindow === null) throw new Error('a cycle fits on rows of its own');
  const attempt = { id, attempt: 1 };
  const windows = { train: trainWindow, holdout: request.window };
  await claimCycle(db, {
    ...{ id, model, lineage, asOf, definitionVersion: 1, trigger: 'manual', windows, attemptToken: id },
  });
  const named = { queryHash: 'e'.repeat(64), rows: 560 };
  await nameSnapshots(db, attempt, [
    { ...named, purpose: 'train', contentHash: trainSnapshot, window: windows.train },
    { ...named, purpose: 'holdout', contentHash: holdoutSnapshot, window: windows.holdout },
  ]);
  await nameRun(db, attempt, { experimentId: '1', runId: `run-${version}`, modelId: `m-${version}` });
  await nameFit(db, attempt, {
    modelUri: `models:/m-${version}`,
    rows: 560,
    trivial: [0.5, 0.5],
    trainingMetrics: {},
    environmentHash: 'd'.repeat(64),
    python: '3.12.0',
  });
  await nameVersion(db, attempt, version);
  const champion = before?.version ?? null;
  await chargeError(
    db,
    { cycle: attempt, number: 1, challenger: version, champion, holdout: holdoutSnapshot },
    () => request.charge,
  );
  const policy = { gate: definition.gate, labels: definition.source.labels };
  const verdict = decide(evidence, policy);
  const epoch = before === null ? 0 : version - 1;
  const primary = primaryResult(evidence);
  await storeJudgement(db, {
    ...{ cycle: id, attempt: 1, number: 1, epoch, challenger: version, champion, championCycle: before?.cycle ?? null },
    ...{ evidence: hash, rehearsal: evidence.rehearsal, policy, verdict, primary },
  });
  if (verdict.kind !== 'promote') throw new Error(`the scene wants a promotion, not: ${verdict.summary}`);
  await promote(db, { cycle: id, judgementNumber: 1, epoch, version, reason: verdict.summary });
  await recordOutcome(db, id, {
    attempt: 1,
    status: 'promoted',
    verdict: verdict.kind,
    summary: verdict.summary,
    primary,
    champion,
    challenger: version,
    rows: { train: 560, holdout: 560, judged: evidence.rows.judged },
    evidence: hash,
  });
}

function judgedStore(store: string, definition: Definition): JudgedCycle[] {
  const script = join(projectFolder, 'test/trainer/recompute/judged_store.py');
  const { status, stdout, stderr } = spawnSync(join(pythonBin, 'python'), [script], {
    input: JSON.stringify({ store, definition }),
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: join(projectFolder, 'trainer'), OMP_NUM_THREADS: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  const told = JSON.parse(stdout) as { request: unknown; evidence: string }[];
  return told.map((one) => {
    const request = EvaluateRequest.parse(one.request);
    return { id: request.cycle.id, request, evidence: one.evidence };
  });
}
