import type { Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import { say } from '../messages.ts';
import { listed, of, titleOf } from '../say.ts';
import { type GateCheck, passedIf } from './gateCheck.ts';
import { judgeable } from './primary.ts';
import { selectedLabels } from './selectedLabels.ts';

/** The share of the rows of the champion's query that the challenger's query has to return too. */
const leastShared = 0.99;

/** Checks that leave a win to a person. The first that fails turns `promote` into `review`; other verdicts do not change. */
export function* caps(evidence: Evidence, policy: Policy): Generator<GateCheck> {
  yield* selfTests(evidence);
  yield* selectedLabels(evidence, policy);
  yield* knownRows(evidence);
  yield* knownTraining(evidence);
  yield* afterRegistration(evidence);
  yield* sharedRows(evidence);
  yield* anchorScored(evidence, policy);
  yield* marginFits(evidence, policy);
  yield* sliceSearch(evidence, policy);
  yield* errorBudget(evidence);
  yield* approval(policy);
}

/** If the gate was not tested, the comparison may still be right, so a person decides. A try promotes nothing: no check. */
function* selfTests({ controls, observations, charge }: Evidence): Generator<GateCheck> {
  if (charge.account === 'none') return;
  const missing = [
    controls === null && say('self-tests.controls'),
    observations === null && say('self-tests.leaks'),
  ].filter((each) => each !== false);
  yield {
    name: 'self-tests',
    status: passedIf(missing.length === 0),
    measured: missing.length === 0 ? say('self-tests.run') : say('self-tests.missing', { missing: listed(missing) }),
    required: say('self-tests.required'),
    why: say('self-tests.why'),
  };
}

/** Yields nothing if every row could be checked, as in all evidence of earlier releases. */
function* knownRows({ rowIdsGone = [] }: Evidence): Generator<GateCheck> {
  if (rowIdsGone.length === 0) return;
  yield {
    name: 'known-rows',
    status: 'failed',
    measured: say('known-rows.measured', {
      snapshots: listed(rowIdsGone.map((hash) => `snapshots/${hash.slice(0, 12)}`)),
    }),
    required: say('known-rows.required'),
    why: say('known-rows.why'),
  };
}

/** Yields nothing where cycles fitted both versions: the ledger knows their rows. */
function* knownTraining({ challenger, champion }: Evidence): Generator<GateCheck> {
  const check = (known: boolean, measured: Message): GateCheck => ({
    name: 'known-training',
    status: passedIf(known),
    measured,
    required: say('known-training.required'),
    why: say('known-training.why'),
  });
  const { registeredAt: championSince } = champion ?? {};
  if (championSince !== undefined && champion?.fittedOnJudgedRows === null) {
    yield check(false, say('known-training.champion', { registered: championSince.slice(0, 10) }));
    return;
  }
  if (challenger.registeredAt === undefined) return;
  const { trainSnapshot, trainWindow } = challenger;
  if (trainSnapshot !== null) yield check(true, say('known-training.logged'));
  else if (trainWindow === null) yield check(false, say('known-training.unknown'));
  else {
    const [from, to] = [trainWindow.from.slice(0, 10), trainWindow.to.slice(0, 10)];
    yield check(true, say('known-training.said', { from, to }));
  }
}

/** What a cycle fits, it fits on rows from before its holdout. A person may have looked at all that there were. */
function* afterRegistration({ challenger: { registeredAt }, window }: Evidence): Generator<GateCheck> {
  if (registeredAt === undefined) return;
  yield {
    name: 'after-registration',
    status: passedIf(window.from >= registeredAt),
    measured: say('after-registration.measured', {
      from: window.from.slice(0, 10),
      registered: registeredAt.slice(0, 10),
    }),
    required: say('after-registration.required'),
    why: say('after-registration.why'),
  };
}

/** A query that leaves rows out chooses the rows that its model is judged on. */
function* sharedRows({ champion, rows }: Evidence): Generator<GateCheck> {
  if (champion === null || rows.holdoutOfChampion === null) return;
  const theirs = rows.holdoutOfChampion;
  yield {
    name: 'shared-rows',
    status: passedIf(rows.inBoth >= leastShared * theirs),
    measured: say('shared-rows.measured', { shared: of(rows.inBoth, 'count'), rows: of(theirs, 'row') }),
    required: say('shared-rows.required', { least: of(leastShared, 'share') }),
    why: say('shared-rows.why'),
    compared: [
      {
        what: 'sharedRows',
        measured: theirs === 0 ? null : of(rows.inBoth / theirs, 'share'),
        relation: 'atLeast',
        required: of(leastShared, 'share'),
      },
    ],
  };
}

function* anchorScored({ anchor, champion, charge }: Evidence, { gate }: Policy): Generator<GateCheck> {
  if (gate.win !== 'nonInferior' || champion === null) return;
  const why = say('anchor-scored.why');
  if (anchor === null) {
    if (charge.account !== 'none') return;
    yield {
      name: 'anchor-scored',
      status: 'notRun',
      measured: say('anchor-scored.not-run'),
      required: say('anchor-scored.not-run.required'),
      why,
    };
    return;
  }
  yield {
    name: 'anchor-scored',
    status: passedIf(judgeable(anchor)),
    measured: anchorFound(anchor),
    required: say('anchor-scored.required'),
    why,
  };
}

function anchorFound({ unscorable, brokenScores, fittedOnJudgedRows }: NonNullable<Evidence['anchor']>): Message {
  if (unscorable !== null) return say('reason', { reason: unscorable });
  if (brokenScores > 0) return say('anchor-scored.broken', { scores: of(brokenScores, 'broken score') });
  if (fittedOnJudgedRows === null) return say('anchor-scored.unknown');
  if (fittedOnJudgedRows > 0) return say('anchor-scored.fitted', { rows: of(fittedOnJudgedRows, 'judged row') });
  return say('anchor-scored.measured');
}

function* marginFits({ champion, metrics, primary }: Evidence, { gate }: Policy): Generator<GateCheck> {
  if (gate.win !== 'nonInferior' || champion === null) return;
  const lead = metrics[primary]?.championLead?.low ?? null;
  const margin = gate.margin ?? 0;
  if (lead === null) {
    yield {
      name: 'margin',
      status: 'failed',
      measured: say('margin.unknown'),
      required: say('margin.required-unknown'),
      why: say('margin.why'),
    };
    return;
  }
  const [accepted, most] = [of(margin, 'amount'), of(lead / 2, 'amount')];
  yield {
    name: 'margin',
    status: passedIf(margin <= lead / 2),
    measured: say('margin.measured', { margin: accepted, lead: of(lead, 'difference') }),
    required: say('margin.required', { most }),
    why: say('margin.why'),
    compared: [{ what: 'margin', measured: accepted, relation: 'atMost', required: most }],
  };
}

function* sliceSearch({ champion, foundSlices, primary }: Evidence, { gate }: Policy): Generator<GateCheck> {
  if (gate.search === undefined || champion === null) return;
  const { margin } = gate.search;
  const losing = foundSlices.filter(({ holmHigh }) => (holmHigh ?? 0) < -margin);
  const columns = [...new Set(losing.map(({ where }) => where.map(({ column }) => column).join(' and ')))];
  yield {
    name: 'slice-search',
    status: passedIf(losing.length === 0),
    measured:
      losing.length === 0
        ? say('slice-search.none', { parts: of(foundSlices.length, 'part') })
        : say('slice-search.found', {
            parts: of(losing.length, 'part'),
            columns: listed(columns),
            metric: titleOf(primary),
            margin: of(margin, 'amount'),
          }),
    required: say('slice-search.required', { bound: of(-margin, 'difference') }),
    why: say('slice-search.why'),
    compared: [
      { what: 'losingParts', measured: of(losing.length, 'part'), relation: 'equals', required: of(0, 'part') },
    ],
  };
}

function* errorBudget({ charge }: Evidence): Generator<GateCheck> {
  if (charge.account === 'cycle' || charge.account === 'none') return;
  const alpha = of(charge.alpha, 'share');
  yield {
    name: 'error-budget',
    status: passedIf(charge.account !== 'exhausted'),
    measured:
      charge.account === 'exhausted' ? say('error-budget.empty') : say(`error-budget.${charge.account}`, { alpha }),
    required: say('error-budget.required'),
    why: say('error-budget.why'),
  };
}

function* approval({ gate }: Policy): Generator<GateCheck> {
  if (gate.approval.when !== 'always') return;
  yield {
    name: 'approval',
    status: 'failed',
    measured: say('approval.measured'),
    required: say('approval.required'),
    why: say('approval.why'),
  };
}
