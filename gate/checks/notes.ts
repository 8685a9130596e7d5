import type { Calibration, Evidence } from '../../schemas/evidence.ts';
import { metricEntry } from '../../schemas/metrics.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Check } from '../../schemas/verdict.ts';
import { amount, count, counted, percent, several, signed } from '../numbers.ts';
import { shownBy, sought } from '../sought.ts';
import { daysBetween } from '../windows.ts';
import { declaredLosses } from './declaredLosses.ts';
import { withinDomain } from './domain.ts';

/** What a reviewer should know beside the verdict. None of it decides anything. */
export function* notes(evidence: Evidence, policy: Policy): Generator<Check> {
  yield withinDomain(evidence);
  yield detectable(evidence, policy);
  yield age(evidence);
  yield* otherClasses(evidence);
  yield* weights(evidence);
  yield* swapped(evidence);
  yield* calibrated(evidence);
  yield* declaredLosses(evidence, policy);
  yield* shifted(evidence);
  yield* unreferenced(evidence);
  yield* empty(evidence);
  yield* flippedLabels(evidence);
  yield* followedUp(evidence);
}

const noted = (name: string, measured: string, required: string, why: string): Check => ({
  ...{ name, status: 'noted' as const, measured, required, why },
});

function detectable({ detection, clusters }: Evidence, { gate }: Policy): Check {
  const { wanted, detectable, clustersNeeded, enoughOn, forecast } = detection;
  const shown =
    detectable === null
      ? 'what these rows could show is not known'
      : `these rows show ${shownBy(gate, detectable)} four times in five`;
  const needed =
    clustersNeeded === null
      ? ''
      : `; ${sought(gate, wanted)} takes ${counted(clustersNeeded, 'cluster')}, here are ${count(clusters.count)}${enoughOn === null ? '' : `, and a holdout that begins with this one has them on ${enoughOn.slice(0, 10)}`}`;
  const foretold =
    forecast === null
      ? ''
      : `; before the fit ${counted(forecast.pastCycles, 'past cycle')} foretold ${shownBy(gate, forecast.optimistic)} to ${amount(forecast.pessimistic + (gate.win === 'superior' ? gate.minimumGain : 0))}`;
  return noted(
    'detectable',
    `${shown}${needed}${foretold}`,
    gate.win === 'superior' || gate.detect !== undefined
      ? `a gain of ${amount(wanted)} is worth having`
      : 'an equal challenger is worth having',
    'A test that cannot show what is wanted says little by not showing it.',
  );
}

function age({ challenger, champion, window, asOf }: Evidence): Check {
  const told = (name: string, { to }: { to: string }) =>
    `${name} judged ${counted(daysBetween(to, window.from), 'day')} and served ${counted(daysBetween(to, asOf), 'day')} after its training ends`;
  return noted(
    'age',
    [
      told('challenger', challenger.trainWindow),
      ...(champion === null ? [] : [told('champion', champion.trainWindow)]),
    ].join('; '),
    'judged about as old as it serves',
    'Models age: what was measured on younger training data holds less for older.',
  );
}

function* otherClasses({ rows, classes, champion }: Evidence): Generator<Check> {
  if (rows.otherClasses === undefined) return;
  const theirs = champion?.classes ?? classes ?? [];
  const added = (classes ?? []).filter((name) => !theirs.includes(name)).map(String);
  const gone = theirs.filter((name) => !(classes ?? []).includes(name)).map(String);
  const which = [
    ...(added.length === 0 ? [] : [`the champion does not know ${several(added)}`]),
    ...(gone.length === 0 ? [] : [`the challenger does not know ${several(gone)}`]),
  ];
  yield noted(
    'shared-classes',
    `${counted(rows.otherClasses, 'row')} of classes that not every version knows left out${which.length === 0 ? '' : `: ${which.join(', ')}`}`,
    'rows of the classes that all versions know',
    'Only there can both be right. A probability given to another class counts against whoever gave it.',
  );
}

function* weights({ rows }: Evidence): Generator<Check> {
  if (rows.effective > 0.99 * rows.judged) return;
  yield noted(
    'effective-rows',
    `${counted(rows.judged, 'judged row')} of unequal weight, worth ${count(Math.round(rows.effective))} equal ones`,
    'weights that differ little',
    'Where few rows carry most of the weight, the result is theirs.',
  );
}

function* swapped({ swapSet }: Evidence): Generator<Check> {
  if (swapSet === null) return;
  const rate = ({ rows, labelled, positiveRate }: { rows: number; labelled: number; positiveRate: number | null }) =>
    `${count(rows)} (${count(labelled)} with label${positiveRate === null ? '' : `, ${percent(positiveRate)} positive`})`;
  yield noted(
    'swap-set',
    `accepted by the challenger alone ${rate(swapSet.swapIns)}, by the champion alone ${rate(swapSet.swapOuts)}`,
    `scores cut at ${amount(swapSet.cutoff)}`,
    'These are the people about whom the two decide otherwise.',
  );
}

function* calibrated({ calibration, champion }: Evidence): Generator<Check> {
  if (calibration === null) return;
  const faults = [
    ...miscalibrated('challenger', calibration.challenger),
    ...(champion === null || calibration.champion === null ? [] : miscalibrated('champion', calibration.champion)),
  ];
  if (faults.length === 0) return;
  yield noted(
    'calibration',
    faults.join('; '),
    'slope 1 and intercept 0 within their 95 % intervals',
    'Whoever reads the score as a probability is misled by as much.',
  );
}

function* miscalibrated(name: string, { slope, intercept }: Calibration): Generator<string> {
  for (const [what, found, ideal] of [
    ['slope', slope, 1],
    ['intercept', intercept, 0],
  ] as const) {
    if (found === null || found.low === null || found.high === null) continue;
    if (found.low > ideal || found.high < ideal)
      yield `${what} of the ${name} ${amount(found.estimate)} (${amount(found.low)} to ${amount(found.high)})`;
  }
}

function* shifted({ observations, scoreShift }: Evidence): Generator<Check> {
  const required = "below the policy's size, or within what the last holdouts showed";
  if (observations !== null && observations.shifted.length > 0)
    yield noted(
      'shift',
      `${counted(observations.shifted.length, 'feature')} shifted since training: ${several(observations.shifted, 5)}`,
      required,
      'Models are asked about other rows than they learnt from.',
    );
  if (scoreShift?.alarm === true)
    yield noted(
      'score-shift',
      `the champion's scores shifted since the last holdout${scoreShift.psi === null ? '' : ` (PSI ${amount(scoreShift.psi)})`}`,
      required,
      'Where scores move, cut-offs that were chosen for the old ones accept others than before.',
    );
}

/** From format 3 of evidence on: a shift without earlier holdouts to compare with is shown with its size. */
function* unreferenced({ observations }: Evidence): Generator<Check> {
  const found = observations?.unreferenced ?? [];
  if (found.length === 0) return;
  const each = found.map(({ column, psi, ks, auc }) => {
    const sizes = [
      psi !== null && `PSI ${amount(psi)}`,
      ks !== null && `KS ${amount(ks)}`,
      auc !== null && `AUC ${amount(auc)}`,
    ];
    return `${column} (${sizes.filter((size) => size !== false).join(', ')})`;
  });
  yield noted(
    'unreferenced-shift',
    `${counted(found.length, 'feature')} differ from training by the policy's size, and fewer than three earlier holdouts say what is usual: ${several(each)}`.replace(
      'feature differ',
      'feature differs',
    ),
    "below the policy's size, or three earlier holdouts to compare with",
    'Nobody knows yet whether this is usual for these columns: look at them before you trust the model.',
  );
}

function* empty({ observations }: Evidence): Generator<Check> {
  const found = observations?.empty ?? [];
  if (found.length === 0) return;
  yield noted(
    'empty-features',
    `${several(found, 5)} ${found.length === 1 ? 'is' : 'are'} NULL in every training row`,
    'features with values to learn from',
    'The model has learned nothing from such a feature, and what it does with a first value was never fitted.',
  );
}

function* flippedLabels({ observations }: Evidence): Generator<Check> {
  if (observations === null || observations.flippedLabels === 0) return;
  yield noted(
    'flipped-labels',
    `${counted(observations.flippedLabels, 'label')} of the last holdout changed since it was judged`,
    'labels that stay as they were',
    'Labels that change after they are mature say that the horizon is too short.',
  );
}

function* followedUp({ followUp, primary }: Evidence): Generator<Check> {
  if (followUp === null) return;
  const { promised, found, complete, rows, unmeasured, cycle } = followUp;
  const since =
    found === null
      ? `next period not measured (${unmeasured ?? 'nothing found'})`
      : `next period ${signed(found.estimate)} on ${counted(rows, 'row')}${complete ? '' : ' so far'}`;
  yield noted(
    'follow-up',
    `the champion was promoted by ${cycle} at ${metricEntry(primary).title} ${signed(promised.estimate)}, ${since}`,
    'a gain that lasts',
    'Of many challengers the luckiest wins: some of what was promised is lost again.',
  );
}
