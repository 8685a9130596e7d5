import type { Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { CheckStatus } from '../../schemas/verdict.ts';
import { controlOutcomes } from '../controls.ts';
import { say } from '../messages.ts';
import { primaryDifference } from '../opponent.ts';
import { few, listed, of } from '../say.ts';
import type { WinTest } from '../wins.ts';
import { type GateCheck, passedIf } from './gateCheck.ts';

/** Whether the comparison is valid. The first check that fails makes it invalid. */
export function* validity(evidence: Evidence, policy: Policy, beats: WinTest): Generator<GateCheck> {
  yield* distinctVersions(evidence);
  yield unseenRows(evidence);
  yield unchosenRows(evidence);
  yield matureLabels(evidence);
  yield finiteScores(evidence);
  yield noLeak(evidence);
  yield rehearsed(evidence);
  yield errorLevel(evidence);
  yield gateControls(evidence, policy, beats);
}

function* distinctVersions({ challenger, champion }: Evidence): Generator<GateCheck> {
  if (champion === null) return;
  yield {
    name: 'distinct-versions',
    status: passedIf(champion.cycle !== challenger.cycle),
    measured: say('distinct-versions.measured', { challenger: challenger.cycle, champion: champion.cycle }),
    required: say('distinct-versions.required'),
    why: say('distinct-versions.why'),
  };
}

function unseenRows({ challenger, champion }: Evidence): GateCheck {
  const [ours, theirs] = [challenger.fittedOnJudgedRows, champion === null ? 0 : champion.fittedOnJudgedRows];
  const seen = (ours ?? 0) > 0 || (theirs ?? 0) > 0;
  const told = (rows: number | null) => (rows === null ? say('unseen-rows.unknown') : of(rows, 'count'));
  return {
    name: 'unseen-rows',
    status: !seen && (ours === null || theirs === null) ? 'unknown' : passedIf(!seen),
    measured: say('unseen-rows.measured', { challenger: told(ours), champion: told(theirs) }),
    required: say('unseen-rows.required'),
    why: say('unseen-rows.why'),
    compared: [
      {
        what: 'seenRows',
        measured: ours === null || theirs === null ? null : of(ours + theirs, 'row'),
        relation: 'equals',
        required: of(0, 'row'),
      },
    ],
  };
}

/** Rows that chose the champion should have been left out; this checks that they were. */
function unchosenRows({ rows, choseChampion, challenger, rowIdsGone = [] }: Evidence): GateCheck {
  const { judged, inBoth, holdout } = rows;
  const adds = judged + rows.choseChampion <= inBoth && inBoth <= holdout;
  const same = judged > 0 && choseChampion.includes(challenger.holdoutSnapshot);
  const gone = choseChampion.filter((hash) => rowIdsGone.includes(hash)).length;
  const left = { rows: of(rows.choseChampion, 'row') };
  return {
    name: 'unchosen-rows',
    status: adds && !same && gone > 0 ? 'unknown' : passedIf(adds && !same),
    measured: same
      ? say('unchosen-rows.same')
      : !adds
        ? say('unchosen-rows.unequal', {
            judged: of(judged, 'count'),
            left: of(rows.choseChampion, 'count'),
            both: of(inBoth, 'count'),
            holdout: of(holdout, 'count'),
          })
        : gone === 0
          ? say('unchosen-rows.measured', left)
          : say('unchosen-rows.gone', {
              ...left,
              gone: of(gone, 'plain'),
              holdouts: of(choseChampion.length, 'holdout'),
            }),
    required: say('unchosen-rows.required'),
    why: say('unchosen-rows.why'),
  };
}

function matureLabels({ window: { to }, asOf, labels: { newestEvent: newest } }: Evidence): GateCheck {
  const within = newest === null || newest < to;
  return {
    name: 'mature-labels',
    status: passedIf(to <= asOf && within),
    measured: newest === null ? say('mature-labels.measured', { to }) : say('mature-labels.newest', { to, newest }),
    required: say('mature-labels.required', { asOf }),
    why: say('mature-labels.why'),
  };
}

function finiteScores({ challenger, champion }: Evidence): GateCheck {
  const [ours, theirs] = [challenger.brokenScores, champion?.brokenScores ?? 0];
  const fine = ours === 0 && theirs === 0;
  return {
    name: 'finite-scores',
    status: passedIf(fine),
    measured: fine
      ? say('finite-scores.fine')
      : say('finite-scores.broken', { challenger: of(ours, 'broken score'), champion: of(theirs, 'count') }),
    required: say('finite-scores.required'),
    why: say('finite-scores.why'),
    compared: [
      {
        what: 'brokenRows',
        measured: of(ours + theirs, 'broken score'),
        relation: 'equals',
        required: of(0, 'broken score'),
      },
    ],
  };
}

function noLeak({ observations }: Evidence): GateCheck {
  const found = (observations?.leaks ?? []).map(({ column, kind, strength }) =>
    kind === 'equals-label'
      ? say('no-leak.equals', { column })
      : say('no-leak.predicts', { column, strength: of(strength, 'amount') }),
  );
  return {
    name: 'no-leak',
    status: observations === null ? 'notRun' : passedIf(found.length === 0),
    measured:
      observations === null
        ? say('no-leak.not-run')
        : found.length === 0
          ? say('no-leak.none')
          : say('no-leak.found', { features: few(found) }),
    required: say('no-leak.required'),
    why: say('no-leak.why'),
  };
}

function rehearsed({ rehearsal: { rows, mismatches } }: Evidence): GateCheck {
  return {
    name: 'rehearsal',
    status: passedIf(rows > 0 && mismatches === 0),
    measured: say('rehearsal.measured', { mismatches: of(mismatches, 'plain'), rows: of(rows, 'row') }),
    required: say('rehearsal.required'),
    why: say('rehearsal.why'),
    compared: [
      { what: 'mismatches', measured: of(mismatches, 'row'), relation: 'equals', required: of(0, 'row') },
      { what: 'rows', measured: of(rows, 'row'), relation: 'above', required: of(0, 'row') },
    ],
  };
}

function errorLevel(evidence: Evidence): GateCheck {
  const { alpha, account } = evidence.charge;
  const drawn = primaryDifference(evidence)?.alpha ?? alpha;
  const within = alpha > 0 && alpha < 0.5;
  const charged = { alpha: of(alpha, 'amount'), account: say(`charge.${account}`) };
  return {
    name: 'error-level',
    status: passedIf(within && Math.abs(drawn - alpha) <= 1e-12),
    measured:
      drawn === alpha
        ? say('error-level.measured', charged)
        : say('error-level.drawn', { ...charged, drawn: of(drawn, 'amount') }),
    required: say('error-level.required'),
    why: say('error-level.why'),
    compared: [
      { what: 'alpha', measured: of(alpha, 'amount'), relation: 'above', required: of(0, 'amount') },
      { what: 'alpha', measured: of(alpha, 'amount'), relation: 'below', required: of(0.5, 'amount') },
    ],
  };
}

function gateControls({ controls, charge, format }: Evidence, policy: Policy, beats: WinTest): GateCheck {
  const check = (status: CheckStatus, said: readonly Message[]): GateCheck => ({
    name: 'gate-controls',
    status,
    measured:
      said.length === 0
        ? say('gate-controls.not-run')
        : say('gate-controls.measured', { controls: listed(said, '; ') }),
    required: say('gate-controls.required'),
    why: say('gate-controls.why'),
  });
  if (controls === null || !(charge.alpha > 0 && charge.alpha < 0.5)) return check('notRun', []);
  const outcomes = controlOutcomes(controls, charge.alpha, policy, beats);
  const failed = outcomes.filter(({ status }) => status === 'failed');
  if (failed.length > 0)
    return check(
      'failed',
      failed.map(({ said }) => said),
    );
  // It was not measured whether the gate sees a gain. Verdicts on earlier formats of evidence stay as they are.
  const unplanted = format >= 3 && outcomes.some(({ control, status }) => control === 'planted' && status === 'notRun');
  return check(
    !unplanted && outcomes.some(({ status }) => status === 'passed') ? 'passed' : 'notRun',
    outcomes.map(({ said }) => said),
  );
}
