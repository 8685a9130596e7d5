import { decide } from '../../gate/decide.ts';
import { policyOf } from '../../gate/policyOf.ts';
import { primaryResult } from '../../gate/primaryResult.ts';
import { lookVerdict } from '../../gate/probation.ts';
import { of } from '../../gate/say.ts';
import type { StoredDefinition } from '../../ledger/definitions.ts';
import type { ErrorCharge } from '../../ledger/errorCharges.ts';
import type { StoredFollowUp } from '../../ledger/followUps.ts';
import type { StoredJudgement, StoredPromotion } from '../../ledger/storedJudgements.ts';
import { tell } from '../../report/messages.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import { Policy } from '../../schemas/policy.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import { compareDocuments, tolerance } from './compareDocuments.ts';
import { isRecomputed, type VerifiedFinding, type VerifiedPart } from './finding.ts';

/** What the gate makes of the stored evidence and the stored policy, against the verdict that the ledger has. */
export function verifyVerdict(judgement: StoredJudgement, evidence: Evidence): VerifiedFinding[] {
  const policy = Policy.safeParse(judgement.policy);
  if (!policy.success) {
    const [issue] = policy.error.issues;
    const path = ['policy', ...(issue?.path ?? [])].join('.');
    return [
      told(
        'policy',
        judgement.number,
        'differs',
        tell('verify.policy-invalid', { path, problem: issue?.message ?? '' }),
      ),
    ];
  }
  return [
    compared('verdict', judgement.number, judgement.verdict, decide(evidence, policy.data)),
    compared('primary', judgement.number, judgement.primary, primaryResult(evidence)),
  ];
}

/** The policy of a judgement is that of the definition version which its cycle was run by. */
export function verifyPolicy(judgement: StoredJudgement, { definition, version }: StoredDefinition): VerifiedFinding {
  // Both as this release reads them: keys that came later have their defaults on either side.
  const stored = Policy.safeParse(judgement.policy).data ?? judgement.policy;
  const finding = compared('policy', judgement.number, stored, policyOf(definition));
  return finding.outcome === 'identical'
    ? finding
    : saying(finding, tell('verify.policy-of-another', { version: of(version, 'plain') }));
}

/** The error that the evidence was measured by is the one that was charged for this test. */
export function verifyCharge(
  judgement: StoredJudgement,
  evidence: Evidence,
  charges: readonly ErrorCharge[],
): VerifiedFinding {
  const { challenger, challengerId, championId, number } = judgement;
  const { asOf, charge } = evidence;
  const holdout = evidence.challenger.holdoutSnapshot;
  const made = charges.find(
    (each) =>
      each.asOf === asOf &&
      each.challengerId === challengerId &&
      each.challenger === challenger &&
      each.championId === championId &&
      each.holdout === holdout,
  );
  if (made === undefined) return told('charge', number, 'differs', tell('verify.charge-missing'));
  return compared('charge', number, { alpha: made.alpha, account: made.account }, charge);
}

/**
 * A promotion follows from a judgement that said so, or that a person approved who had its evidence in front of them, one
 * epoch on; and who said so was promoted or is superseded.
 */
export function verifyPromotion(
  cycle: Pick<Cycle, 'status'>,
  judgements: readonly StoredJudgement[],
  promotion: StoredPromotion | undefined,
): VerifiedFinding[] {
  if (promotion === undefined) {
    return cycle.status === 'promoted' ? [told('promotion', null, 'differs', tell('verify.promotion-missing'))] : [];
  }
  const judgement = judgements.find(({ number }) => number === promotion.judgementNumber);
  if (judgement === undefined) {
    const number = promotion.judgementNumber === null ? '-' : of(promotion.judgementNumber, 'plain');
    const said = tell('verify.promotion-of-nothing', { epoch: of(promotion.epoch, 'plain'), number });
    return [told('promotion', null, 'differs', said)];
  }
  const { decision, promotedBy } = promotion;
  const signed = decision !== null && approvable.includes(judgement.verdict.kind);
  const follows = {
    epoch: judgement.epoch + 1,
    version: judgement.challenger,
    versionId: judgement.challengerId,
    verdict: signed ? judgement.verdict.kind : 'promote',
    promotedBy: decision === null ? 'gate' : decision.decidedBy,
    status: 'promoted',
    decision: decision === null ? null : { kind: 'approve', epoch: judgement.epoch, evidence: judgement.evidence },
  };
  const stored = {
    epoch: promotion.epoch,
    version: promotion.version,
    versionId: promotion.versionId,
    verdict: judgement.verdict.kind,
    promotedBy,
    status: cycle.status,
    decision: decision === null ? null : { kind: decision.kind, epoch: decision.epoch, evidence: decision.evidence },
  };
  return [compared('promotion', judgement.number, stored, follows)];
}

/** Verdicts that a person's approval turns into a promotion. */
const approvable: readonly VerdictKind[] = ['promote', 'review'];

/** What the ledger says about the last promotion's next period is what this judgement's evidence says. */
export function verifyFollowUp(
  { number, attempt }: StoredJudgement,
  { followUp }: Evidence,
  stored: readonly StoredFollowUp[],
): VerifiedFinding[] {
  if (followUp === null) return [];
  const { cycle: _, unmeasured, look: _look, ...seen } = followUp;
  const row = stored.find(({ epoch }) => epoch === followUp.epoch);
  if (row === undefined)
    return [told('followUp', number, 'differs', tell('verify.follow-up-lost', { epoch: of(followUp.epoch, 'plain') }))];
  // An earlier attempt of the cycle wrote it: what that one saw stays.
  if (row.attempt !== attempt) return [];
  const { foundBy: __, attempt: ___, at: ____, look: counted, verdict, ...written } = row;
  const why = followUp.found === null ? (unmeasured ?? 'nothing was measured') : null;
  // Of two cycles that made the same look the other one's may count.
  const shown = counted === null ? { look: null, verdict: null } : lookOf(followUp);
  return [compared('followUp', number, { ...written, look: counted, verdict }, { ...seen, unmeasured: why, ...shown })];
}

const lookOf = ({ look, found }: NonNullable<Evidence['followUp']>) => ({
  look: look === undefined ? null : { number: look.number, of: look.of },
  verdict: lookVerdict({ look, found }),
});

/**
 * What stands in the cycle's own row is what its last judgement says.
 *
 * @param asked how it must have ended where it asked a person and kept its champion
 */
export function verifyCycleRow(
  cycle: Cycle,
  judgements: readonly StoredJudgement[],
  asked: string | null = null,
): VerifiedFinding[] {
  const last = judgements.filter(({ attempt }) => attempt === cycle.attempt).at(-1);
  if (cycle.endedAt === null || cycle.evidence === null) return [];
  if (judgements.length === 0) return [told('cycle', null, 'differs', tell('verify.judgement-missing'))];
  if (last === undefined) return [];
  const { verdict, evidence, challenger, champion, primary } = cycle;
  // How a cycle ended in another way stands in its summary: superseded, failed.
  const saysVerdict = cycle.status === 'kept' || cycle.status === 'promoted';
  const expected = asked ?? last.verdict.summary;
  const summary = saysVerdict ? cycle.summary : expected;
  return [
    compared(
      'cycle',
      null,
      { verdict, summary, evidence, challenger, champion, primary },
      {
        verdict: last.verdict.kind,
        summary: expected,
        evidence: last.evidence,
        challenger: last.challenger,
        champion: last.champion,
        primary: last.primary,
      },
    ),
  ];
}

/** A finding about two documents; their paths begin with the part's name. */
export function compared(
  part: VerifiedPart,
  judgement: number | null,
  stored: unknown,
  recomputed: unknown,
): VerifiedFinding {
  // Only sums over rows come out otherwise on another processor: what was written down is the same, or was changed.
  const within = isRecomputed(part) ? tolerance : 0;
  const { outcome, differences } = compareDocuments(plainJson(stored), plainJson(recomputed), within);
  return {
    ...told(part, judgement, outcome, tell(`verify.${outcome}`)),
    differences: differences.map((each) => ({ ...each, path: joined(part, each.path) })),
  };
}

export const told = (
  part: VerifiedPart,
  judgement: number | null,
  outcome: VerifiedFinding['outcome'],
  message: Message,
): VerifiedFinding => ({ part, judgement, outcome, said: message.text, message, differences: [] });

/** The same finding, said otherwise. */
export const saying = (finding: VerifiedFinding, message: Message): VerifiedFinding => ({
  ...finding,
  said: message.text,
  message,
});

const joined = (part: string, path: string) =>
  path === '' || path.startsWith('[') ? `${part}${path}` : `${part}.${path}`;

/** As JSON holds it: fields that are undefined are not there. */
const plainJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
