import { decide } from '../../gate/decide.ts';
import { policyOf } from '../../gate/policyOf.ts';
import { primaryResult } from '../../gate/primaryResult.ts';
import type { StoredDefinition } from '../../ledger/definitions.ts';
import type { ErrorCharge } from '../../ledger/errorCharges.ts';
import type { StoredFollowUp } from '../../ledger/followUps.ts';
import type { StoredJudgement, StoredPromotion } from '../../ledger/storedJudgements.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import { Policy } from '../../schemas/policy.ts';
import { compareDocuments, tolerance } from './compareDocuments.ts';
import { type Finding, isRecomputed, type VerifiedPart } from './finding.ts';

/** What the gate makes of the stored evidence and the stored policy, against the verdict that the ledger has. */
export function verifyVerdict(judgement: StoredJudgement, evidence: Evidence): Finding[] {
  const policy = Policy.safeParse(judgement.policy);
  if (!policy.success) {
    const [issue] = policy.error.issues;
    const path = ['policy', ...(issue?.path ?? [])].join('.');
    return [
      told('policy', judgement.number, 'differs', `the stored policy is not valid: ${path}: ${issue?.message ?? ''}`),
    ];
  }
  return [
    compared('verdict', judgement.number, judgement.verdict, decide(evidence, policy.data)),
    compared('primary', judgement.number, judgement.primary, primaryResult(evidence)),
  ];
}

/** The policy of a judgement is that of the definition version which its cycle was run by. */
export function verifyPolicy(judgement: StoredJudgement, { definition, version }: StoredDefinition): Finding {
  // Both as this release reads them: keys that came later have their defaults on either side.
  const stored = Policy.safeParse(judgement.policy).data ?? judgement.policy;
  const finding = compared('policy', judgement.number, stored, policyOf(definition));
  return finding.outcome === 'identical'
    ? finding
    : { ...finding, said: `is not that of definition version ${version}` };
}

/** The error that the evidence was measured by is the one that was charged for this test. */
export function verifyCharge(judgement: StoredJudgement, evidence: Evidence, charges: readonly ErrorCharge[]): Finding {
  const { challenger, champion, number } = judgement;
  const { asOf, charge } = evidence;
  const holdout = evidence.challenger.holdoutSnapshot;
  const made = charges.find(
    (each) =>
      each.asOf === asOf && each.challenger === challenger && each.champion === champion && each.holdout === holdout,
  );
  if (made === undefined) return told('charge', number, 'differs', 'the ledger has no charge for this test');
  return compared('charge', number, { alpha: made.alpha, account: made.account }, charge);
}

/** A promotion follows from a judgement that said so, one epoch on; and who said so was promoted or is superseded. */
export function verifyPromotion(
  cycle: Pick<Cycle, 'status'>,
  judgements: readonly StoredJudgement[],
  promotion: StoredPromotion | undefined,
): Finding[] {
  if (promotion === undefined) {
    return cycle.status === 'promoted'
      ? [told('promotion', null, 'differs', 'the cycle is promoted, and the ledger has no promotion of it')]
      : [];
  }
  const judgement = judgements.find(({ number }) => number === promotion.judgementNumber);
  if (judgement === undefined) {
    const said = `epoch ${promotion.epoch} follows from judgement ${promotion.judgementNumber ?? '-'}, which there is not`;
    return [told('promotion', null, 'differs', said)];
  }
  const follows = {
    epoch: judgement.epoch + 1,
    version: judgement.challenger,
    verdict: 'promote',
    promotedBy: 'gate',
    status: 'promoted',
  };
  const { epoch, version, promotedBy } = promotion;
  const stored = { epoch, version, promotedBy, verdict: judgement.verdict.kind, status: cycle.status };
  return [compared('promotion', judgement.number, stored, follows)];
}

/** What the ledger says about the last promotion's next period is what this judgement's evidence says. */
export function verifyFollowUp(
  { number, attempt }: StoredJudgement,
  { followUp }: Evidence,
  stored: readonly StoredFollowUp[],
): Finding[] {
  if (followUp === null) return [];
  const { cycle: _, unmeasured, ...seen } = followUp;
  const row = stored.find(({ epoch }) => epoch === followUp.epoch);
  if (row === undefined)
    return [told('followUp', number, 'differs', `the ledger has lost what became of epoch ${followUp.epoch}`)];
  // An earlier attempt of the cycle wrote it: what that one saw stays.
  if (row.attempt !== attempt) return [];
  const { foundBy: __, attempt: ___, at: ____, ...written } = row;
  const why = followUp.found === null ? (unmeasured ?? 'nothing was measured') : null;
  return [compared('followUp', number, written, { ...seen, unmeasured: why })];
}

/** What stands in the cycle's own row is what its last judgement says. */
export function verifyCycleRow(cycle: Cycle, judgements: readonly StoredJudgement[]): Finding[] {
  const last = judgements.filter(({ attempt }) => attempt === cycle.attempt).at(-1);
  if (cycle.endedAt === null || cycle.evidence === null) return [];
  if (judgements.length === 0)
    return [told('cycle', null, 'differs', 'its row names evidence, and the ledger has no judgement of it')];
  if (last === undefined) return [];
  const { verdict, evidence, challenger, champion, primary } = cycle;
  // How a cycle ended in another way stands in its summary: superseded, failed.
  const summary = cycle.status === 'kept' || cycle.status === 'promoted' ? cycle.summary : last.verdict.summary;
  return [
    compared(
      'cycle',
      null,
      { verdict, summary, evidence, challenger, champion, primary },
      {
        verdict: last.verdict.kind,
        summary: last.verdict.summary,
        evidence: last.evidence,
        challenger: last.challenger,
        champion: last.champion,
        primary: last.primary,
      },
    ),
  ];
}

/** A finding about two documents; their paths begin with the part's name. */
export function compared(part: VerifiedPart, judgement: number | null, stored: unknown, recomputed: unknown): Finding {
  // Only sums over rows come out otherwise on another processor: what was written down is the same, or was changed.
  const within = isRecomputed(part) ? tolerance : 0;
  const { outcome, differences } = compareDocuments(plainJson(stored), plainJson(recomputed), within);
  const said = { identical: 'equal to the bit', close: 'equal within 1e-6', differs: 'differs' }[outcome];
  return {
    part,
    judgement,
    outcome,
    said,
    differences: differences.map((each) => ({ ...each, path: joined(part, each.path) })),
  };
}

export const told = (
  part: VerifiedPart,
  judgement: number | null,
  outcome: Finding['outcome'],
  said: string,
): Finding => ({ part, judgement, outcome, said, differences: [] });

const joined = (part: string, path: string) =>
  path === '' || path.startsWith('[') ? `${part}${path}` : `${part}.${path}`;

/** As JSON holds it: fields that are undefined are not there. */
const plainJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
