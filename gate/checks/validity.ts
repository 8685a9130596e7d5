import type { Charge } from '../../schemas/charge.ts';
import type { Evidence } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check, CheckStatus } from '../../schemas/verdict.ts';
import { type ControlOutcome, controlOutcomes } from '../controls.ts';
import { amount, count, counted, several } from '../numbers.ts';
import { primaryDifference } from '../opponent.ts';
import type { WinTest } from '../wins.ts';

/** Whether the comparison holds at all. The first that fails makes it invalid. */
export function* validity(evidence: Evidence, policy: Policy, beats: WinTest): Generator<Check> {
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

const passedIf = (holds: boolean): CheckStatus => (holds ? 'passed' : 'failed');

function* distinctVersions({ challenger, champion }: Evidence): Generator<Check> {
  if (champion === null) return;
  yield {
    name: 'distinct-versions',
    status: passedIf(champion.cycle !== challenger.cycle),
    measured: `challenger of ${challenger.cycle}, champion of ${champion.cycle}`,
    required: 'two different versions',
    why: 'A version compared with itself always ties.',
  };
}

function unseenRows({ challenger, champion }: Evidence): Check {
  const [ours, theirs] = [challenger.fittedOnJudgedRows, champion === null ? 0 : champion.fittedOnJudgedRows];
  const seen = (ours ?? 0) > 0 || (theirs ?? 0) > 0;
  const told = (rows: number | null) => (rows === null ? 'an unknown number' : count(rows));
  return {
    name: 'unseen-rows',
    status: !seen && (ours === null || theirs === null) ? 'unknown' : passedIf(!seen),
    measured: `challenger fitted on ${told(ours)}, champion on ${told(theirs)} of the judged rows`,
    required: 'neither fitted on a judged row',
    why: 'A model looks better than it is on rows that it has seen.',
  };
}

/** Rows that chose the champion were left out before; here it is seen that they really were. */
function unchosenRows({ rows, choseChampion, challenger, rowIdsGone = [] }: Evidence): Check {
  const { judged, inBoth, holdout } = rows;
  const adds = judged + rows.choseChampion <= inBoth && inBoth <= holdout;
  const same = judged > 0 && choseChampion.includes(challenger.holdoutSnapshot);
  const gone = choseChampion.filter((hash) => rowIdsGone.includes(hash)).length;
  return {
    name: 'unchosen-rows',
    status: adds && !same && gone > 0 ? 'unknown' : passedIf(adds && !same),
    measured: same
      ? 'rows of the very holdout that chose the champion are judged'
      : adds
        ? `${gone > 0 ? `${gone} of ${counted(choseChampion.length, 'holdout')} that chose the champion could not be checked; ` : ''}${counted(rows.choseChampion, 'row')} that took part in choosing the champion left out`
        : `${count(judged)} rows judged and ${count(rows.choseChampion)} left out of ${count(inBoth)} in both, ${count(holdout)} in the holdout`,
    required: 'no judged row took part in choosing the champion',
    why: 'Rows that chose a model flatter it: it won by their noise too.',
  };
}

function matureLabels({ window, asOf, labels: { newestEvent } }: Evidence): Check {
  const within = newestEvent === null || newestEvent < window.to;
  return {
    name: 'mature-labels',
    status: passedIf(window.to <= asOf && within),
    measured: `the holdout ends at ${window.to}${newestEvent === null ? '' : `, its newest event is of ${newestEvent}`}`,
    required: `a holdout that ends by ${asOf}, and no event after its end`,
    why: 'What became known at or after the time of the cycle may not be used.',
  };
}

function finiteScores({ challenger, champion }: Evidence): Check {
  const [ours, theirs] = [challenger.brokenScores, champion?.brokenScores ?? 0];
  return {
    name: 'finite-scores',
    status: passedIf(ours === 0 && theirs === 0),
    measured:
      ours === 0 && theirs === 0
        ? 'every score is a number in its range'
        : `the challenger has ${counted(ours, 'broken score')}, the champion ${count(theirs)}`,
    required: 'finite scores; probabilities from 0 to 1',
    why: 'A score that is none can be put anywhere in a ranking.',
  };
}

function noLeak({ observations }: Evidence): Check {
  const required = 'no feature that gives the label away';
  const why =
    'A feature that is known only with the label will be missing, or mean something else, when it is asked for.';
  if (observations === null)
    return { name: 'no-leak', status: 'notRun', measured: 'features were not looked at', required, why };
  const found = observations.leaks.map(({ column, kind, strength }) =>
    kind === 'equals-label' ? `${column} equals the label` : `${column} alone predicts it (${amount(strength)})`,
  );
  return {
    name: 'no-leak',
    status: passedIf(found.length === 0),
    measured: found.length === 0 ? 'no feature gives the label away' : several(found),
    required,
    why,
  };
}

function rehearsed({ rehearsal }: Evidence): Check {
  return {
    name: 'rehearsal',
    status: passedIf(rehearsal.rows > 0 && rehearsal.mismatches === 0),
    measured: `${rehearsal.mismatches} of ${counted(rehearsal.rows, 'row')} answered differently`,
    required: 'raw JSON rows get the same answers in a clean process',
    why: 'What was measured must be what callers will get.',
  };
}

const accounts: Record<Charge['account'], string> = {
  cycle: 'for this cycle',
  schedule: "from the schedule's share of the year's budget",
  reserve: 'from the reserve of the year',
  exhausted: 'from an account that is empty',
  none: 'charged to nobody',
};

function errorLevel(evidence: Evidence): Check {
  const { alpha, account } = evidence.charge;
  const drawn = primaryDifference(evidence)?.alpha ?? alpha;
  const within = alpha > 0 && alpha < 0.5;
  return {
    name: 'error-level',
    status: passedIf(within && Math.abs(drawn - alpha) <= 1e-12),
    measured: `one-sided alpha ${amount(alpha)}, ${accounts[account]}${drawn === alpha ? '' : `; the interval was drawn for ${amount(drawn)}`}`,
    required: 'an alpha above 0 and below 0.5, by which the deciding bounds were drawn',
    why: 'It is the chance that a challenger that is not better wins.',
  };
}

function gateControls({ controls, charge, format }: Evidence, policy: Policy, beats: WinTest): Check {
  const required =
    'equal models win no more often than the charged alpha allows, random scores do not win, a planted gain does';
  const why = 'A gate that does not tell cases whose answer is known cannot be trusted with one whose answer is not.';
  const said = (status: CheckStatus, outcomes: readonly ControlOutcome[], otherwise: string): Check => ({
    name: 'gate-controls',
    status,
    measured: outcomes.length === 0 ? otherwise : outcomes.map((outcome) => outcome.said).join('; '),
    required,
    why,
  });
  if (controls === null || !(charge.alpha > 0 && charge.alpha < 0.5)) return said('notRun', [], 'no controls were run');
  const outcomes = controlOutcomes(controls, charge.alpha, policy, beats);
  const failed = outcomes.filter(({ status }) => status === 'failed');
  if (failed.length > 0) return said('failed', failed, '');
  // Whether the gate sees a gain was not measured; verdicts of earlier formats stay as they were given.
  const unplanted = format >= 3 && outcomes.some(({ control, status }) => control === 'planted' && status === 'notRun');
  const passed = !unplanted && outcomes.some(({ status }) => status === 'passed');
  return said(passed ? 'passed' : 'notRun', outcomes, '');
}
