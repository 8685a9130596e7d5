import { of } from '../../gate/say.ts';
import type { StoredOverride, StoredRollback } from '../../ledger/changesByPersons.ts';
import type { StoredJudgement } from '../../ledger/storedJudgements.ts';
import { tell } from '../../report/messages.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';
import type { VerifiedFinding } from './finding.ts';
import { compared, saying, told } from './verifyLedger.ts';

/**
 * An override is about a judgement that said keep or insufficient, names its evidence, and is followed by the promotion of
 * that very version by that very person, one epoch on. That the verdict comes out again is looked at with every judgement.
 */
export function verifyOverride(judgements: readonly StoredJudgement[], stored: StoredOverride): VerifiedFinding {
  const { judgementNumber, evidence, verdict, candidate, epoch, actor, promotion } = stored;
  const judgement = judgements.find(({ number }) => number === judgementNumber);
  const about = { epoch: of(epoch + 1, 'plain') };
  if (judgement === undefined)
    return told('override', judgementNumber, 'differs', tell('verify.override-of-nothing', about));
  const { kind } = judgement.verdict;
  const finding = compared(
    'override',
    judgementNumber,
    { evidence, verdict, candidate, promotion },
    {
      evidence: judgement.evidence,
      // What may not be overridden differs even where decision and judgement agree about it.
      verdict: overridable.includes(kind) || kind !== verdict ? kind : 'keep',
      candidate: judgement.challengerId,
      promotion: { kind: 'override', epoch: epoch + 1, versionId: judgement.challengerId, actor },
    },
  );
  return finding.outcome === 'identical' ? finding : saying(finding, tell('verify.override-unfit', about));
}

/** Verdicts that a person may decide against. */
const overridable: readonly VerdictKind[] = ['keep', 'insufficient'];

/** A rollback restores an earlier reign of that very version, as the request says that it follows from. */
export function verifyRollback(stored: StoredRollback): VerifiedFinding[] {
  const { epoch, model, versionId, actor, reason, restoresEpoch, restored, request, proposed } = stored;
  // Earlier releases knew neither requests nor what a rollback restores.
  if (request === null && !proposed && actor.endsWith('@unknown')) return [];
  const asked = { operation: 'rollback', model, actor, reason };
  const finding = compared(
    'rollback',
    null,
    { restores: { version: restored, earlier: restoresEpoch !== null && restoresEpoch < epoch - 1 }, request },
    // A person who approves a proposal asks for that, in words of their own.
    { restores: { version: versionId, earlier: true }, request: proposed ? request : asked },
  );
  const about = { epoch: of(epoch, 'plain') };
  return [finding.outcome === 'identical' ? finding : saying(finding, tell('verify.rollback-unfit', about))];
}
