import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDefinition } from '../../definition/readDefinition.ts';
import { policyOf } from '../../gate/policyOf.ts';
import { Cycle } from '../../schemas/cycle.ts';
import { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';

const release = join(import.meta.dirname, '../releases/0.1.0');

const definitions: Record<string, string> = {
  loans: 'code/loans.yaml',
  'loans-budgeted': 'declared/loans-budgeted.yaml',
  'loans-debt': 'declared/loans-debt.yaml',
  'loans-risk': 'declared/loans-risk.yaml',
  'loans-selected': 'declared/loans-selected.yaml',
};

/** A cycle that the first release judged: as that release listed it, with its evidence and the policy of its definition. */
export interface ReleasedCycle {
  readonly cycle: Cycle;
  readonly evidence: Evidence;
  readonly policy: Policy;
}

/** Every judged cycle of the first release whose evidence was kept. */
export async function releasedCycles(): Promise<ReleasedCycle[]> {
  const folder = mkdtempSync(join(tmpdir(), 'reign-report-'));
  try {
    execFileSync('tar', ['-xzf', join(release, 'store.tar.gz'), '-C', folder, 'store/evidence']);
    const evidence = join(folder, 'store/evidence');
    const kept = new Map(readdirSync(evidence).map((hash) => [hash, readFileSync(join(evidence, hash), 'utf8')]));
    const answers = JSON.parse(readFileSync(join(release, 'answers.json'), 'utf8')) as Record<
      string,
      { cycles: { cycles: Record<string, unknown>[] } }
    >;
    const found: ReleasedCycle[] = [];
    for (const [model, { cycles }] of Object.entries(answers)) {
      const file = definitions[model];
      if (file === undefined) continue;
      const { definition } = await readDefinition(join(release, 'definitions', file));
      for (const listed of cycles.cycles) {
        const cycle = Cycle.parse({ ...listed, waitsFor: null });
        const document = cycle.evidence === null ? undefined : kept.get(cycle.evidence);
        if (document !== undefined)
          found.push({ cycle, evidence: Evidence.parse(JSON.parse(document)), policy: policyOf(definition) });
      }
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
