import { controlOutcomes } from '../gate/controls.ts';
import { few, listed, of } from '../gate/say.ts';
import { daysBetween } from '../gate/windows.ts';
import { wins } from '../gate/wins.ts';
import type { Bounded, Calibration, Evidence, SwapSet } from '../schemas/evidence.ts';
import type { Message, Quantity, Ranged } from '../schemas/message.ts';
import type { Policy } from '../schemas/policy.ts';
import type { Fact } from '../schemas/report.ts';
import type { Verdict } from '../schemas/verdict.ts';
import { day } from './day.ts';
import { followUpSaid } from './followUp.ts';
import { tell } from './messages.ts';

/** Facts that a check of the same name already states: they are not repeated. */
const alsoChecks: Partial<Record<Fact['name'], string>> = {
  'error-level': 'error-level',
  controls: 'gate-controls',
  age: 'age',
  rehearsal: 'rehearsal',
};

/**
 * Everything of the evidence besides metrics and slices; only what is there.
 *
 * @param verdict the verdict shown beside these facts
 */
export function factsOf(evidence: Evidence, policy: Policy | null, verdict: Verdict | null): Fact[] {
  const told = new Set(verdict?.checks.map(({ name }) => name));
  const all: [Fact['name'], Message | null][] = [
    ['rows', rowsSaid(evidence)],
    ['error-level', chargeSaid(evidence)],
    ['calibration', calibrationSaid(evidence)],
    ['swap-set', evidence.swapSet && swapSaid(evidence.swapSet)],
    ['labels', labelsSaid(evidence)],
    ['selection', selectionSaid(evidence)],
    ['score-shift', scoreShiftSaid(evidence)],
    ['features', featuresSaid(evidence)],
    ['controls', controlsSaid(evidence, policy)],
    ['age', ageSaid(evidence)],
    ['anchor', anchorSaid(evidence)],
    ['follow-up', followUpSaid(evidence)],
    ['rehearsal', rehearsalSaid(evidence)],
  ];
  return all.flatMap(([name, said]) => (said === null || told.has(alsoChecks[name] ?? '') ? [] : [{ name, said }]));
}

const parts = (said: readonly Message[], between = '; ') => tell('parts', { parts: listed(said, between) });

function rowsSaid(evidence: Evidence): Message {
  const { rows, task } = evidence;
  const { judged, effective, byClass, choseChampion, labelsDiffer } = rows;
  const classes = byClass === null || byClass.length > 6 || task === 'regression' ? [] : byClass;
  return parts([
    judgedSaid(evidence),
    ...(classes.length === 0
      ? []
      : [tell('rows.by-class', { classes: listed(classes.map((each) => of(each, 'count'))) })]),
    ...(Math.abs(effective - judged) > 0.5
      ? [tell('rows.effective', { rows: of(Math.round(effective), 'count') })]
      : []),
    ...(choseChampion > 0 ? [tell('rows.chose', { rows: of(choseChampion, 'count') })] : []),
    ...(labelsDiffer > 0 ? [tell('rows.labels-differ', { rows: of(labelsDiffer, 'count') })] : []),
  ]);
}

function judgedSaid({ rows, clusters, window }: Evidence): Message {
  const judged = { rows: of(rows.judged, 'row'), from: day(window.from), to: day(window.to) };
  if (clusters.by === 'none') return tell('rows.judged', judged);
  const inClusters = {
    ...judged,
    clusters: of(clusters.count, 'cluster'),
    by: listed([clusters.by].flat(), ' and '),
  };
  return clusters.count < 2
    ? tell('rows.in-clusters', inClusters)
    : tell('rows.largest', { ...inClusters, largest: share(clusters.largestShare) });
}

const chargeSaid = ({ charge: { alpha, account } }: Evidence): Message =>
  tell('error-level', { alpha: of(alpha, 'amount'), account: tell(`account.${account}`) });

function calibrationSaid({ calibration }: Evidence): Message | null {
  if (calibration === null) return null;
  const { challenger, champion } = calibration;
  return parts([
    tell('calibration.of-challenger', { calibration: calibrated(challenger) }),
    ...(champion === null ? [] : [tell('calibration.of-champion', { calibration: calibrated(champion) })]),
  ]);
}

const calibrated = ({ expectedError, slope, intercept }: Calibration): Message =>
  parts(
    [
      tell('calibration.error', { error: bounded(expectedError, 4) }),
      ...(slope === null ? [] : [tell('calibration.slope', { slope: bounded(slope, 2) })]),
      ...(intercept === null ? [] : [tell('calibration.intercept', { intercept: bounded(intercept, 2) })]),
    ],
    ', ',
  );

const bounded = (value: Bounded, digits: number): Ranged => ({ ...value, signed: false, digits });

function swapSaid({ cutoff, accept, swapIns, swapOuts }: SwapSet): Message {
  return tell(`swapped.${accept}`, {
    cutoff: of(cutoff, 'amount'),
    challenger: swapped(swapIns),
    champion: swapped(swapOuts),
  });
}

function swapped({ rows, labelled, positiveRate }: SwapSet['swapIns']): Message {
  const values = { rows: of(rows, 'count'), labelled: of(labelled, 'count') };
  return positiveRate === null
    ? tell('swapped.part', values)
    : tell('swapped.part-rate', { ...values, rate: share(positiveRate) });
}

function labelsSaid({ labels }: Evidence): Message | null {
  const { matureRows, unlabelled, unlabelledShare, trending } = labels;
  if (matureRows === 0) return null;
  const rows = of(matureRows, 'mature row');
  if (unlabelled === 0) return tell('labels.complete', { rows });
  return tell(trending ? 'labels.drifting' : 'labels.missing', { share: share(unlabelledShare), rows });
}

function selectionSaid({ selection }: Evidence): Message | null {
  if (selection === null) return null;
  const { accepted, labelled, decidedBy, weighted, overlap, randomised, largestWeight, effectiveRows, unreachable } =
    selection;
  return parts([
    tell('selection.labelled', { labelled: of(labelled, 'count'), accepted: of(accepted, 'accepted row') }),
    ...(decidedBy.length === 0 ? [] : [tell('selection.decided-by', { versions: few(decidedBy) })]),
    tell(weighted ? 'selection.weighted' : 'selection.unweighted'),
    ...(overlap === null ? [] : [tell('selection.overlap', { share: share(overlap) })]),
    ...(randomised === null ? [] : [tell('selection.randomised', { share: share(randomised) })]),
    ...(largestWeight === null ? [] : [tell('selection.largest', { share: share(largestWeight) })]),
    ...(effectiveRows === null ? [] : [tell('selection.effective', { rows: of(Math.round(effectiveRows), 'count') })]),
    ...(unreachable === null ? [] : [tell('selection.unreachable', { share: share(unreachable) })]),
  ]);
}

function scoreShiftSaid({ scoreShift }: Evidence): Message | null {
  if (scoreShift === null) return null;
  const { psi, ks, auc, reference, alarm } = scoreShift;
  const sizes = [
    ...size('PSI', psi, reference.psi),
    ...size('KS distance', ks, reference.ks),
    ...size('AUC', auc, reference.auc),
  ];
  if (sizes.length === 0) return null;
  return tell(alarm ? 'score-shift.alarm' : 'score-shift.found', { sizes: listed(sizes) });
}

function* size(measure: string, value: number | null, usual: number | null): Generator<Message> {
  if (value === null) return;
  const measured = { measure, value: digits(value, 3) };
  yield usual === null
    ? tell('score-shift.size', measured)
    : tell('score-shift.size-usual', { ...measured, usual: digits(usual, 3) });
}

function featuresSaid({ observations, format }: Evidence): Message | null {
  if (observations === null) return null;
  const { leaks, shifted, flippedLabels, unreferenced = [], empty = [] } = observations;
  const far = unreferenced.map(({ column, psi }) =>
    psi === null ? column : tell('features.psi', { column, psi: digits(psi, 1) }),
  );
  // Evidence of format 2 does not say whether anything was there to compare with: its list is empty in either case.
  const none = format < 3 ? 'features.none-known-shifted' : 'features.none-shifted';
  return parts([
    leaks.length === 0
      ? tell('features.no-leak')
      : tell('features.leak', { features: few(leaks.map(({ column }) => column)) }),
    ...(shifted.length > 0 ? [tell('features.shifted', { features: few(shifted, 6) })] : []),
    ...(far.length > 0 ? [tell('features.unreferenced', { features: few(far, 6) })] : []),
    ...(shifted.length + far.length === 0 ? [tell(none)] : []),
    ...(empty.length === 0 ? [] : [tell('features.empty', { features: few(empty, 6) })]),
    ...(flippedLabels === 0 ? [] : [tell('features.flipped', { labels: of(flippedLabels, 'label') })]),
  ]);
}

function controlsSaid({ controls, charge }: Evidence, policy: Policy | null): Message | null {
  if (controls === null || policy === null || !(charge.alpha > 0 && charge.alpha < 0.5)) return null;
  const outcomes = controlOutcomes(controls, charge.alpha, policy, wins);
  return parts(
    outcomes.map(({ status, said }) => (status === 'failed' ? tell('controls.failed', { control: said }) : said)),
  );
}

/** How old the training rows were when the challenger was judged on newer ones, and are when it begins to serve. */
function ageSaid({ challenger, champion, window, asOf }: Evidence): Message | null {
  const age = ({ to }: { to: string }, at: string) => of(daysBetween(to, at), 'plain');
  if (challenger.trainWindow === null) return null;
  const ours = {
    from: age(challenger.trainWindow, window.from),
    to: age(challenger.trainWindow, window.to),
    served: age(challenger.trainWindow, asOf),
  };
  if (champion === null || champion.trainWindow === null) return tell('ages.challenger', ours);
  return tell('ages.both', { ...ours, champion: age(champion.trainWindow, asOf) });
}

function anchorSaid({ anchor, metrics, primary }: Evidence): Message | null {
  if (anchor === null) return null;
  const { cycle, unscorable } = anchor;
  if (unscorable !== null) return tell('anchor.unscorable', { cycle, reason: unscorable });
  const difference = metrics[primary]?.anchorDifference ?? null;
  if (difference === null) return tell('anchor.named', { cycle });
  const { estimate, low, high } = difference;
  return tell('anchor.difference', { cycle, difference: { estimate, low, high, signed: true } });
}

/** How the rehearsal went; null where there was none. */
export function rehearsalSaid({ rehearsal: { rows, mismatches } }: Pick<Evidence, 'rehearsal'>): Message | null {
  if (rows === 0) return null;
  const asked = of(rows, 'row');
  return mismatches === 0
    ? tell('rehearsal.same', { rows: asked })
    : tell('rehearsal.other', { rows: asked, mismatches: of(mismatches, 'count') });
}

/** A share with three digits, so that 0.19999 reads as 20 %. */
const share = (value: number): Quantity => of(Number(value.toPrecision(3)), 'share');

const digits = (value: number, count: number): Quantity => ({ value, unit: 'amount', digits: count });
