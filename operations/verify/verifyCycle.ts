import { listed, of } from '../../gate/say.ts';
import { overridesOf, rollbacksTo } from '../../ledger/changesByPersons.ts';
import { definitionHash, definitionVersion, type StoredDefinition } from '../../ledger/definitions.ts';
import { chargesOf } from '../../ledger/errorCharges.ts';
import { followUpsFoundBy } from '../../ledger/followUps.ts';
import type { Ledger } from '../../ledger/openLedger.ts';
import { promotionOf, type StoredJudgement, storedJudgements } from '../../ledger/storedJudgements.ts';
import { versionOf } from '../../ledger/versions.ts';
import { tell } from '../../report/messages.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import { type Definition, DefinitionFields } from '../../schemas/definition.ts';
import { type ErrorCode, ReignError } from '../../schemas/errors.ts';
import { Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Store } from '../../store/openStore.ts';
import type { Tracker } from '../../tracker/openTracker.ts';
import type { PythonProgram } from '../context.ts';
import { askedSummary } from './askedSummary.ts';
import { type VerifiedCycle, type VerifiedFinding, worstOf } from './finding.ts';
import { inputsOf, requestOf } from './requestOf.ts';
import { verifyOverride, verifyRollback } from './verifyChanges.ts';
import { verifyFeatures } from './verifyFeatures.ts';
import { verifyFiles } from './verifyFiles.ts';
import {
  compared,
  told,
  verifyCharge,
  verifyCycleRow,
  verifyFollowUp,
  verifyPolicy,
  verifyPromotion,
  verifyVerdict,
} from './verifyLedger.ts';
import { withoutLaterFields } from './withoutLaterFields.ts';

/** What verifying reaches. */
export interface Archive {
  readonly ledger: Ledger;
  readonly store: Store;
  /** `reign_trainer.recompute`. */
  readonly trainer: PythonProgram;
  /** Null where this machine knows none. */
  readonly tracker: Tracker | null;
}

/** Recomputes every judgement of a cycle and holds the ledger's rows about it against each other. Nothing is written. */
export async function verifyCycle(archive: Archive, cycle: Cycle): Promise<VerifiedCycle> {
  const { db } = archive.ledger;
  const judgements = await storedJudgements(db, cycle.id);
  const stored = await definitionVersion(db, cycle.model, cycle.definitionVersion);
  const findings: VerifiedFinding[] = [...verifyDefinition(cycle, stored)];
  if (judgements.length > 0) findings.push(...(await verifyFeatures(archive, cycle)));
  for (const judgement of judgements) findings.push(...(await verifyJudgement(archive, cycle, judgement, stored)));
  const version = await versionOf(db, { cycle: cycle.id });
  findings.push(...(await verifyFiles(archive.tracker, version)));
  findings.push(...verifyPromotion(cycle, judgements, await promotionOf(db, cycle.id)));
  for (const override of await overridesOf(db, cycle.id)) findings.push(verifyOverride(judgements, override));
  for (const rollback of version === undefined ? [] : await rollbacksTo(db, version.id))
    findings.push(...verifyRollback(rollback));
  findings.push(...verifyCycleRow(cycle, judgements, await askedSummary(db, cycle, judgements.at(-1)?.number)));
  return { cycle: cycle.id, asOf: cycle.asOf, outcome: worstOf(findings.map(({ outcome }) => outcome)), findings };
}

/** The definition's row still has the hash that was taken over it when it was applied. */
function verifyDefinition(cycle: Cycle, stored: StoredDefinition | undefined): VerifiedFinding[] {
  if (stored === undefined)
    return [
      told(
        'definition',
        null,
        'differs',
        tell('verify.definition-lost', { version: of(cycle.definitionVersion, 'plain') }),
      ),
    ];
  if (definitionHash(stored) === stored.hash) return [told('definition', null, 'identical', tell('verify.identical'))];
  return [
    told('definition', null, 'differs', tell('verify.definition-hash', { version: of(stored.version, 'plain') })),
  ];
}

async function verifyJudgement(
  archive: Archive,
  cycle: Cycle,
  judgement: StoredJudgement,
  stored: StoredDefinition | undefined,
): Promise<VerifiedFinding[]> {
  const { number } = judgement;
  const document = await readStored(archive.store, judgement);
  const policy = stored === undefined ? [] : [verifyPolicy(judgement, stored)];
  if ('finding' in document) return [document.finding, ...policy];
  const { evidence, text } = document;
  const charges = await chargesOf(archive.ledger.db, cycle.model, cycle.lineage);
  return [
    stored === undefined
      ? told('evidence', number, 'impossible', tell('verify.evidence-without-definition'))
      : await verifyEvidence(archive, cycle, number, { evidence, text, definition: stored.definition }),
    ...verifyVerdict(judgement, evidence),
    ...policy,
    verifyCharge(judgement, evidence, charges),
    ...verifyFollowUp(judgement, evidence, await followUpsFoundBy(archive.ledger.db, cycle.id)),
  ];
}

type ReadEvidence = { readonly evidence: Evidence; readonly text: string } | { readonly finding: VerifiedFinding };

async function readStored(store: Store, { evidence: hash, number }: StoredJudgement): Promise<ReadEvidence> {
  const give = (outcome: 'impossible' | 'differs', said: Message) => ({
    finding: told('evidence', number, outcome, said),
  });
  if (!(await store.hasDocument('evidence', hash))) return give('impossible', tell('verify.evidence-gone', { hash }));
  try {
    const text = (await store.readDocument('evidence', hash)).toString('utf8');
    const parsed = Evidence.safeParse(JSON.parse(text));
    if (parsed.success) return { evidence: parsed.data, text };
    return give('impossible', tell('verify.evidence-format'));
  } catch (error) {
    if (error instanceof ReignError && error.code === 'StoreCorrupt')
      return give('differs', tell('verify.evidence-damaged', { message: error.message }));
    throw error;
  }
}

async function verifyEvidence(
  { store, trainer }: Archive,
  cycle: Cycle,
  number: number,
  { evidence, text, definition }: { evidence: Evidence; text: string; definition: Definition },
): Promise<VerifiedFinding> {
  const known = DefinitionFields.safeParse(definition);
  if (!known.success) return told('evidence', number, 'impossible', tell('verify.definition-form'));
  const request = requestOf(cycle, known.data, evidence);
  const { predictions, ...others } = inputsOf(request);
  const reference = evidence.scoreReference === null ? [] : [evidence.scoreReference];
  const missing = await missingInputs(store, { ...others, predictions: [...predictions, ...reference] });
  if (missing.length > 0)
    return told('evidence', number, 'impossible', tell('verify.inputs-gone', { objects: listed(missing) }));
  try {
    const answer = await trainer.ask({ store: store.place, request });
    const recomputed = String(answer.evidence);
    if (recomputed === text) return told('evidence', number, 'identical', tell('verify.identical'));
    const stored: unknown = JSON.parse(text);
    return compared('evidence', number, stored, withoutLaterFields(stored, evidence, JSON.parse(recomputed)));
  } catch (error) {
    if (!(error instanceof ReignError) || passing.includes(error.code)) throw error;
    // Rows that are not what their hash names were altered; what fails otherwise says nothing about them.
    const outcome = error.code === 'StoreCorrupt' ? 'differs' : 'impossible';
    return told(
      'evidence',
      number,
      outcome,
      tell('verify.recomputing-fails', { code: error.code, message: error.message }),
    );
  }
}

/** Errors of this machine, not of what is verified. */
const passing: readonly ErrorCode[] = ['Interrupted', 'SettingMissing', 'StackFailed', 'StoreUnavailable'];

async function missingInputs(store: Store, inputs: ReturnType<typeof inputsOf>): Promise<string[]> {
  const missing: string[] = [];
  for (const hash of inputs.predictions)
    if (!(await store.hasRows('predictions', hash))) missing.push(`predictions/${hash}`);
  for (const hash of inputs.snapshots)
    if (!(await store.hasRows('rowids', hash)) && !(await store.hasRows('snapshots', hash)))
      missing.push(`snapshots/${hash}`);
  for (const kind of ['evidence', 'observations'] as const)
    for (const hash of inputs[kind]) if (!(await store.hasDocument(kind, hash))) missing.push(`${kind}/${hash}`);
  return missing;
}
