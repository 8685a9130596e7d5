import { evaluateRequest } from '../../gate/evaluateRequest.ts';
import type { Cycle } from '../../schemas/cycle.ts';
import type { Definition } from '../../schemas/definition.ts';
import type { Contender, ContenderRequest, Evidence } from '../../schemas/evidence.ts';
import type { EvaluateRequest } from '../../schemas/payloads.ts';

/**
 * What the trainer was asked when the evidence was made. Whom and what is judged stands in the evidence; by which metrics,
 * columns and limits, in the definition; about which cycle, in the ledger.
 */
export function requestOf(
  { id, model, lineage, asOf, definitionVersion }: Cycle,
  definition: Definition,
  evidence: Evidence,
): EvaluateRequest {
  return evaluateRequest({
    cycle: { id, model, lineage, asOf, definitionVersion },
    evidenceFormat: evidence.format,
    definition,
    window: evidence.window,
    trivial: evidence.trivial,
    challenger: asked(evidence.challenger),
    champion: evidence.champion && asked(evidence.champion),
    anchor: evidence.anchor && asked(evidence.anchor),
    choseChampion: evidence.choseChampion,
    ...(evidence.rowIdsGone === undefined ? {} : { rowIdsGone: evidence.rowIdsGone }),
    charge: evidence.charge,
    observations: evidence.observations?.document ?? null,
    forecast: evidence.detection.forecast,
    shuffledFit: evidence.shuffledFit,
    past: evidence.past,
    followUp: evidence.followUpRequest,
    rehearsal: evidence.rehearsal,
  });
}

/** A contender without what evaluating found out about it. */
const asked = ({
  fittedOnJudgedRows: _,
  brokenScores: __,
  trainWindow,
  ...contender
}: Contender): ContenderRequest => ({
  ...contender,
  ...(trainWindow === null ? {} : { trainWindow }),
});

/** What recomputing reads from the store. */
export interface Inputs {
  readonly predictions: readonly string[];
  /** Of these the row ids are enough. */
  readonly snapshots: readonly string[];
  readonly evidence: readonly string[];
  readonly observations: readonly string[];
}

/** What must still be in the store for a request to be answered. */
export function inputsOf({ champion, challenger, anchor, ...request }: EvaluateRequest): Inputs {
  const follow = request.followUp;
  const contenders = [challenger, champion, anchor, follow?.beaten ?? null].filter((each) => each !== null);
  const known = (hashes: readonly (string | null)[]) => [...new Set(hashes.filter((hash) => hash !== null))];
  const gone = new Set(request.rowIdsGone);
  return {
    predictions: known([...contenders.map(({ predictions }) => predictions), request.shuffledFit]),
    snapshots: known([
      ...contenders.map(({ trainSnapshot }) => trainSnapshot),
      ...request.choseChampion,
      ...(follow?.chose ?? []),
    ]).filter((snapshot) => !gone.has(snapshot)),
    evidence: request.past,
    observations: known([request.observations]),
  };
}
