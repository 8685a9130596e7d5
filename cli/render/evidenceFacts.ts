import { controlOutcomes } from '../../gate/controls.ts';
import { amount, count, counted, percent, several } from '../../gate/numbers.ts';
import { daysBetween } from '../../gate/windows.ts';
import { wins } from '../../gate/wins.ts';
import type { Calibration, Contender, Evidence, SwapSet } from '../../schemas/evidence.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Verdict } from '../../schemas/verdict.ts';
import { formatInterval } from './numbers.ts';
import { type Paint, plain } from './style.ts';
import { renderFields } from './table.ts';
import { formatAsOf } from './times.ts';
import { hang } from './wrap.ts';

/** What a line says that a check of the verdict says as well: it is said once. */
const saidBy: Readonly<Record<string, string>> = {
  'error level': 'error-level',
  controls: 'gate-controls',
  age: 'age',
  rehearsal: 'rehearsal',
};

/**
 * Everything of the evidence besides metrics and slices, a line each; only what is there.
 *
 * @param verdict what stands above it
 */
export function renderEvidenceFacts(
  evidence: Evidence,
  { policy, verdict }: { policy: Policy | null; verdict: Verdict | null },
  paint: Paint = plain,
  width = 100,
): string {
  const said = new Set(verdict?.checks.map(({ name }) => name));
  const all: [string, string | null][] = [
    ['rows', rowsText(evidence)],
    ['error level', chargeText(evidence)],
    ['calibration', calibrationText(evidence)],
    ['swap set', evidence.swapSet && swapText(evidence.swapSet)],
    ['labels', labelsText(evidence)],
    ['selection', selectionText(evidence)],
    ['score shift', scoreShiftText(evidence)],
    ['features', observationsText(evidence)],
    ['controls', controlsText(evidence, policy)],
    ['age', ageText(evidence)],
    ['anchor', evidence.anchor && anchorText(evidence)],
    ['follow-up', followUpText(evidence)],
    ['rehearsal', rehearsalText(evidence)],
  ];
  const fields = all.filter(([name, text]) => text !== null && !said.has(saidBy[name] ?? ''));
  const indent = Math.max(...fields.map(([name]) => name.length)) + 2;
  const wrapped = fields.map(([name, text]): [string, string | null] => [
    name,
    text && hang(text, width, indent).replaceAll(/\n +/g, '\n'),
  ]);
  return renderFields(wrapped, paint);
}

function rowsText({ rows, clusters, window, task }: Evidence): string {
  const { judged, effective, byClass, choseChampion, labelsDiffer } = rows;
  const by =
    clusters.by === 'none'
      ? 'each on its own'
      : `in ${counted(clusters.count, 'cluster')} by ${[clusters.by].flat().join(' and ')}`;
  const largest =
    clusters.by === 'none' || clusters.count < 2
      ? ''
      : `, the largest with ${percent(rounded(clusters.largestShare))} of them`;
  const notes = [
    `${counted(judged, 'row')} judged, ${by}${largest}, from ${formatAsOf(window.from)} to ${formatAsOf(window.to)}`,
    ...(byClass === null || byClass.length > 6 || task === 'regression'
      ? []
      : [`by class ${byClass.map(count).join(', ')}`]),
    ...(Math.abs(effective - judged) > 0.5 ? [`weighing as much as ${count(Math.round(effective))}`] : []),
    ...(choseChampion > 0 ? [`${count(choseChampion)} left out that chose the champion`] : []),
    ...(labelsDiffer > 0 ? [`${count(labelsDiffer)} with another label in the champion's query`] : []),
  ];
  return notes.join('; ');
}

const accounts = {
  cycle: 'for this cycle',
  schedule: "from the schedule's share of the year's budget",
  reserve: "from the reserve of the year's budget",
  exhausted: "the year's budget is spent: review at best",
  none: 'charged to nobody',
} as const;

const chargeText = ({ charge }: Evidence) => `one-sided alpha ${amount(charge.alpha)}, ${accounts[charge.account]}`;

function calibrationText({ calibration }: Evidence): string | null {
  if (calibration === null) return null;
  const { challenger, champion } = calibration;
  const both = [
    `challenger ${calibrated(challenger)}`,
    ...(champion === null ? [] : [`champion ${calibrated(champion)}`]),
  ];
  return both.join('; ');
}

function calibrated({ expectedError, slope, intercept }: Calibration): string {
  const line = [slope && `slope ${bounded(slope, 2)}`, intercept && `intercept ${bounded(intercept, 2)}`];
  return [`expected error ${bounded(expectedError, 4)}`, ...line.filter((text) => text !== null)].join(', ');
}

function bounded(
  { estimate, low, high }: { estimate: number; low: number | null; high: number | null },
  digits: number,
) {
  const interval = low === null || high === null ? '' : ` [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
  return `${estimate.toFixed(digits)}${interval}`;
}

function swapText({ cutoff, accept, swapIns, swapOuts }: SwapSet): string {
  const part = ({ rows, labelled, positiveRate }: SwapSet['swapIns']) => {
    const rate = positiveRate === null ? '' : `, ${percent(rounded(positiveRate))} of those positive`;
    return `${count(rows)} (${count(labelled)} with a label${rate})`;
  };
  return `accepting ${accept} ${amount(cutoff)}: the challenger alone ${part(swapIns)}; the champion alone ${part(swapOuts)}`;
}

function labelsText({ labels }: Evidence): string | null {
  const { matureRows, unlabelled, unlabelledShare, trending } = labels;
  if (matureRows === 0) return null;
  if (unlabelled === 0) return `every one of ${counted(matureRows, 'mature row')} has one`;
  return `${percent(rounded(unlabelledShare))} of ${counted(matureRows, 'mature row')} without one${trending ? ', and the share is drifting' : ''}`;
}

function selectionText({ selection }: Evidence): string | null {
  if (selection === null) return null;
  const { accepted, labelled, decidedBy, weighted, overlap, randomised, largestWeight, effectiveRows, unreachable } =
    selection;
  const share = (value: number | null, text: string) => (value === null ? [] : [`${percent(rounded(value))} ${text}`]);
  return [
    `${count(labelled)} of ${counted(accepted, 'accepted row')} with a label`,
    ...(decidedBy.length === 0 ? [] : [`decided by ${several(decidedBy)}`]),
    weighted ? 'weighted by approval probability' : 'without approval probabilities',
    ...share(overlap, 'could have been accepted'),
    ...share(randomised, 'accepted at random'),
    ...share(largestWeight, 'of the weight on one row'),
    ...(effectiveRows === null ? [] : [`weighing as much as ${count(Math.round(effectiveRows))}`]),
    ...share(unreachable, 'of the swap-ins can never show one'),
  ].join('; ');
}

function scoreShiftText({ scoreShift }: Evidence): string | null {
  if (scoreShift === null) return null;
  const { psi, ks, auc, reference, alarm } = scoreShift;
  const part = (name: string, value: number | null, usual: number | null) =>
    value === null
      ? []
      : [`${name} ${value.toFixed(3)}${usual === null ? '' : ` (usually up to ${usual.toFixed(3)})`}`];
  const measured = [
    ...part('PSI', psi, reference.psi),
    ...part('KS distance', ks, reference.ks),
    ...part('AUC', auc, reference.auc),
  ];
  if (measured.length === 0) return null;
  return `${alarm ? 'alarm: ' : ''}${measured.join(', ')}, champion's score since the last holdout`;
}

function observationsText(evidence: Evidence): string | null {
  const { observations } = evidence;
  if (observations === null) return null;
  const { leaks, shifted, flippedLabels, unreferenced = [], empty = [] } = observations;
  const largest = unreferenced.map(({ column, psi }) =>
    `${column} ${psi === null ? '' : `PSI ${psi.toFixed(1)}`}`.trim(),
  );
  return [
    leaks.length === 0
      ? 'none gives the label away'
      : `${several(leaks.map(({ column }) => column))} may give the label away`,
    ...(shifted.length > 0 ? [`shifted: ${several(shifted, 6)}`] : []),
    ...(unreferenced.length > 0
      ? [`too few earlier holdouts to say what is usual; far from training: ${several(largest, 6)}`]
      : []),
    ...(shifted.length + unreferenced.length === 0 ? [noShiftText(evidence)] : []),
    ...(empty.length === 0 ? [] : [`NULL in every training row: ${several(empty, 6)}`]),
    ...(flippedLabels === 0 ? [] : [`${counted(flippedLabels, 'label')} of the last holdout changed since`]),
  ].join('; ');
}

/** Evidence of format 2 does not say whether anything was there to compare with: its list is empty in either case. */
const noShiftText = ({ format }: Evidence) =>
  format < 3 ? 'none is known to have shifted beyond what is usual' : 'none shifted';

function controlsText({ controls, charge }: Evidence, policy: Policy | null): string | null {
  if (controls === null || policy === null || !(charge.alpha > 0 && charge.alpha < 0.5)) return null;
  return controlOutcomes(controls, charge.alpha, policy, wins)
    .map(({ status, said }) => (status === 'failed' ? `FAILED: ${said}` : said))
    .join('; ');
}

/** How old the training rows were when the challenger was judged on newer ones, and are when it begins to serve. */
function ageText({ challenger, champion, window, asOf }: Evidence): string {
  const age = (contender: Contender, at: string) => daysBetween(contender.trainWindow.to, at);
  const judged = `judged on rows ${age(challenger, window.from)} to ${age(challenger, window.to)} days after its training, serves from day ${age(challenger, asOf)} on`;
  if (champion === null) return judged;
  return `${judged}; the champion's training ended ${age(champion, asOf)} days before`;
}

function anchorText({ anchor, metrics, primary }: Evidence): string {
  const named = `the last champion that won by superiority, of ${anchor?.cycle ?? '-'}`;
  if (anchor?.unscorable != null) return `${named}, cannot be scored: ${anchor.unscorable}`;
  const difference = metrics[primary]?.anchorDifference ?? null;
  return difference === null ? named : `${formatInterval(difference)} against ${named}`;
}

function followUpText({ followUp }: Evidence): string | null {
  if (followUp === null) return null;
  const { cycle, promised, found, unmeasured, rows, window, complete } = followUp;
  const period = `${formatAsOf(window.from)} to ${formatAsOf(window.to)}${complete ? '' : ', so far'}`;
  const came =
    found === null ? (unmeasured ?? 'nothing measured') : `${formatInterval(found)} on ${counted(rows, 'row')}`;
  return `promoted at ${formatInterval(promised)} by ${cycle}; next period (${period}) ${came}`;
}

export function rehearsalText({ rehearsal: { rows, mismatches } }: Evidence): string | null {
  if (rows === 0) return null;
  const differing = mismatches === 0 ? 'all with the same answer' : `${count(mismatches)} with another answer`;
  return `${counted(rows, 'row')} as JSON, ${differing}`;
}

/** A share with three digits, so that 0.19999 reads as 20 %. */
const rounded = (share: number) => Number(share.toPrecision(3));
