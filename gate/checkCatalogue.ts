/** What a failed check does to the verdict. */
export const checkEffects = {
  invalid: 'The verdict is `invalid`: the comparison does not hold.',
  keep: 'The verdict is `keep`.',
  incomparable: 'The verdict is `review`: the two versions cannot be compared.',
  insufficient: 'The verdict is `insufficient`: there is too little data to tell.',
  bar: 'The challenger is not promoted. A loss beyond what is accepted gives `keep` (or `onLoss`); otherwise the verdict is `insufficient`, or `keep` where waiting is not worth it.',
  unsureLabels: 'The verdict is `review`, unless a loss was shown.',
  cap: 'A `promote` becomes `review`: a person decides. No other verdict changes.',
  waiting: 'An open result becomes `keep` instead of `insufficient`.',
  note: 'None: it is worth knowing and decides nothing.',
} as const;
export type CheckEffect = keyof typeof checkEffects;

export interface ExplainedCheck {
  /** As verdicts name it; `<metric>` and `<column>` stand for the policy's own. */
  readonly name: string;
  /** What it looks at, in one or two sentences. */
  readonly meaning: string;
  readonly effect: CheckEffect;
  /** What to do where it fails or looks bad. */
  readonly advice: string;
}

const all = (effect: CheckEffect, checks: Readonly<Record<string, readonly [meaning: string, advice: string]>>) =>
  Object.entries(checks).map(([name, [meaning, advice]]): ExplainedCheck => ({ name, meaning, effect, advice }));

/** Every check of the gate, in the order in which the gate looks at them. */
export const checkCatalogue: readonly ExplainedCheck[] = [
  ...all('invalid', {
    'distinct-versions': [
      'Challenger and champion come from two different cycles. A version compared with itself always ties.',
      'Retrain for another asOf.',
    ],
    'unseen-rows': [
      'Neither version was fitted on a row that it is judged on, by row id. A model looks better than it is on rows that it has seen.',
      'Check that source.rowId is stable, and that source.query does not give one row two ids.',
    ],
    'unchosen-rows': [
      'The rows that chose the champion are left out. A model that won on some rows won partly by their noise.',
      'Retrain for a later asOf, whose holdout has newer rows.',
    ],
    'mature-labels': [
      'Every judged label was known before asOf, by windows.horizon and windows.lag.',
      'Correct horizon and lag, or source.knownAt.',
    ],
    'finite-scores': [
      'Every score is a finite number. A score that is not a number cannot be ranked.',
      'Let the pipeline predict a finite number for every row.',
    ],
    'no-leak': [
      'No feature alone predicts the label so well that it must know the outcome.',
      'Leave the feature out of source.features, or take its value as of the event time.',
    ],
    rehearsal: [
      'Raw JSON rows get the same answers in a clean process as the holdout got: what was measured is what callers get.',
      'Let the pipeline depend on nothing but its own state and the row.',
    ],
    'error-level': [
      'The chance of error that the intervals were computed with is the one that was charged and that the policy allows.',
      'Retrain. If it fails again, report it: evidence and ledger disagree.',
    ],
    'gate-controls': [
      "Equal models made from the cycle's own rows must not win, and a planted gain must.",
      'See which control failed: often there are too few clusters, or rows of one cluster depend on those of another (source.cluster).',
    ],
  }),
  ...all('keep', {
    'new-answers': [
      'The challenger answers differently from the champion on at least one row.',
      'Nothing: a challenger with the same answers changes nothing but the version.',
    ],
  }),
  ...all('incomparable', {
    'champion-scored': [
      'The champion could be scored on the same rows.',
      'Keep a trainer of its environment running (reign-trainer --retired), or let the query give the columns that it needs.',
    ],
    'same-labels': [
      "The two definitions' queries agree about the label of every row.",
      'Decide which query is right, and approve or correct the definition.',
    ],
  }),
  ...all('insufficient', {
    measurable: ['There are judged rows on which the primary metric is defined.', 'Choose a longer holdout.'],
    'no-giant-cluster': [
      'No cluster holds most of the rows: the result would be that of one day, seen once.',
      'Choose a longer holdout, or a finer source.cluster.',
    ],
    'enough-clusters': [
      'There are enough clusters (days, by default). How much luck rows share shows only between clusters.',
      'Choose a longer holdout.',
    ],
    'enough-rows': [
      'The metric rests on enough rows of each class.',
      'Choose a longer holdout, or a metric that needs fewer rows of the rare class.',
    ],
    interval: [
      'The difference has an interval. Without repetition a difference cannot be told from chance.',
      'Choose a longer holdout.',
    ],
  }),
  ...all('bar', {
    primary: [
      "The lower bound of the primary metric's difference to the champion (for a first one: to the trivial predictor) lies above what the policy asks for.",
      'See `reign show CYCLE`: it says how many days of data the wanted gain would take.',
    ],
    anchor: [
      'With `win: nonInferior`: the same against the last champion that won by being better, so that small accepted losses do not add up.',
      'Look for a real gain: it is not enough here to be better than the current champion.',
    ],
    'guardrail-<metric>': [
      'The challenger does not lose more than the margin in a metric of gate.guardrails.',
      'See whether the loss is acceptable; if so, widen its margin.',
    ],
    'floor-<metric>': [
      'A metric of the challenger is as good as gate.floors asks, whatever the champion does.',
      'Improve the model, or lower the floor.',
    ],
    'slice-<column>': [
      'In no part of the rows, by a column of gate.slices, does the challenger lose more than the margin. The name ends with the metric where the policy names one.',
      'See the part in `reign show CYCLE`; a part with few rows may need a longer holdout.',
    ],
  }),
  ...all('unsureLabels', {
    'labelled-rows': [
      'Enough rows of the holdout have a label. Labels are seldom missing at random: those that come late are often the bad ones.',
      'Raise horizon or lag, or find out why labels are missing.',
    ],
    'label-rate': [
      'The rate of the label does not change towards the end of the holdout. A change may mean that the youngest labels are not final.',
      'Raise horizon or lag until young labels are final.',
    ],
  }),
  ...all('cap', {
    'self-tests': [
      "The gate's controls and the search for leaks were run in this very cycle.",
      'See the warnings of the cycle: they say why they were not run.',
    ],
    'complete-labels': [
      'Labels are seen for all rows, not only for those that the champion accepted.',
      'Accept some applicants at random, and name the column that says so. See Selected labels in docs/gate.md.',
    ],
    'known-rows': [
      'The store still knows the row ids that each version was fitted and chosen on.',
      'Keep row ids when you delete features: docs/snapshots.md.',
    ],
    'known-training': [
      'A version from outside: it is known which rows it was fitted on, from MLflow or from its author.',
      'Load the rows with reign.load in an MLflow run, or say the period: --trained-on FROM/TO.',
    ],
    'after-registration': [
      'A version from outside is judged on rows from after its registration: nobody can have chosen it by them.',
      'Challenge without --now: the cycle waits until such rows have matured.',
    ],
    'shared-rows': [
      "The challenger's query gives at least 99 % of the rows of the champion's query.",
      'See which rows the new query leaves out, and why.',
    ],
    'anchor-scored': [
      'With `win: nonInferior`: the last champion that won by being better could be judged on these rows.',
      'Keep a trainer of its environment running, or decide by hand.',
    ],
    margin: [
      "With `win: nonInferior`: the margin is at most half of the champion's lead over the trivial predictor.",
      'Choose a smaller margin.',
    ],
    'slice-search': [
      'The search found no part of the rows in which the challenger loses more than search.margin.',
      'Look at the part in `reign show CYCLE`: it was found on half of the clusters and measured on the others.',
    ],
    'error-budget': [
      "The year's budget for wrong promotions is not spent.",
      'See `reign budget MODEL`: it says when the oldest test no longer counts.',
    ],
    approval: ['gate.approval leaves the decision to the gate.', 'A person decides, as the definition asks.'],
  }),
  ...all('waiting', {
    detect: [
      'The upper bound of the difference reaches the gain that the policy wants, so more data could still show that gain.',
      'Nothing: the possible gain is not worth waiting for more data.',
    ],
  }),
  ...all('note', {
    detectable: [
      'Which gain these rows would show in four of five cases, and how many clusters the wanted gain takes.',
      'Choose a longer holdout if the wanted gain is smaller than that.',
    ],
    age: [
      'How old the training data was at the holdout, and how old it will be when the model serves.',
      'Retrain more often if the two differ much.',
    ],
    'shared-classes': [
      'Rows of classes that not both versions know are left out.',
      'Nothing, unless these rows matter: then the champion cannot be compared on them.',
    ],
    'effective-rows': [
      'Rows of unequal weight are worth fewer rows of equal weight.',
      'Cap the weights if one row counts for many.',
    ],
    'swap-set': [
      'The bad rate of those whom only one of the two versions would accept.',
      'Compare it with the bad rate that you can afford.',
    ],
    calibration: [
      'Whether scores can be read as probabilities: the slope of the calibration is 1 and its intercept is 0, within their intervals.',
      'Recalibrate the pipeline if callers use its scores as probabilities.',
    ],
    shift: [
      'Features whose distribution moved since training by more than gate.shift, and more than is usual.',
      'See which ones in `reign show CYCLE`.',
    ],
    'score-shift': ["The champion's scores moved since the last holdout.", 'See which features moved with them.'],
    'unreferenced-shift': [
      'Features differ from training, and too few earlier holdouts say what is usual.',
      'Nothing yet: later cycles know more.',
    ],
    'empty-features': [
      'Features that are NULL in every row of the training window.',
      'Leave them out, or correct source.query.',
    ],
    'flipped-labels': [
      'Labels of the last holdout that changed after it was judged.',
      'Raise lag until labels are final.',
    ],
    'follow-up': [
      'What became of the last promotion on rows newer than those it was decided on.',
      'Roll back if it promised a gain and a loss was found.',
    ],
    domain: [
      'Whether the evidence lies where the error rates of docs/gate.md were measured.',
      'Outside this domain, error rates were not measured.',
    ],
    'trivial-<metric>': [
      'A first champion that is worse than the trivial predictor in a metric that the policy names.',
      'Decide whether that is acceptable: no guardrail holds a first champion.',
    ],
  }),
];

/** The entry of a check by the name that a verdict gives it: `guardrail-log_loss` is a `guardrail-<metric>`. */
export function explainedCheck(name: string): ExplainedCheck | undefined {
  return (
    checkCatalogue.find((check) => check.name === name) ??
    checkCatalogue.find((check) => {
      const [stem = ''] = check.name.split('<');
      return check.name.includes('<') && name.startsWith(stem) && name.length > stem.length;
    })
  );
}
