import { speaker } from './say.ts';

/**
 * Everything that the gate says, in English. A verdict stores these sentences, so the words of a template never change: an
 * old verdict is recomputed to the letter. Another wording is another id, for another format of evidence.
 */
export const gateMessages = {
  nothing: 'nothing measured',
  reason: '{reason}',

  'interval.none': '{estimate} (no interval)',
  'interval.drawn': '{estimate} ({level} % interval {low} to {high})',
  'interval.deciding-low':
    '{estimate} ({level} % interval {low} to {high}, deciding lower bound {bound} at alpha {alpha})',
  'interval.deciding-high':
    '{estimate} ({level} % interval {low} to {high}, deciding upper bound {bound} at alpha {alpha})',
  'interval.undecided': '{estimate} ({level} % interval {low} to {high}, no deciding bound at alpha {alpha})',

  'sought.gain': 'a gain of {gain}',
  'sought.margin': 'that an equal challenger keeps within {margin}',

  'distinct-versions.measured': 'challenger of {challenger}, champion of {champion}',
  'distinct-versions.required': 'two different versions',
  'distinct-versions.why': 'A version compared with itself always ties.',

  'unseen-rows.measured': 'challenger fitted on {challenger}, champion on {champion} of the judged rows',
  'unseen-rows.unknown': 'an unknown number',
  'unseen-rows.required': 'neither fitted on a judged row',
  'unseen-rows.why': 'A model looks better than it is on rows that it has seen.',

  'unchosen-rows.same': 'rows of the very holdout that chose the champion are judged',
  'unchosen-rows.measured': '{rows} that took part in choosing the champion left out',
  'unchosen-rows.gone':
    '{gone} of {holdouts} that chose the champion could not be checked; {rows} that took part in choosing the champion left out',
  'unchosen-rows.unequal': '{judged} rows judged and {left} left out of {both} in both, {holdout} in the holdout',
  'unchosen-rows.required': 'no judged row took part in choosing the champion',
  'unchosen-rows.why': 'Rows that chose a model flatter it: it won by their noise too.',

  'mature-labels.measured': 'the holdout ends at {to}',
  'mature-labels.newest': 'the holdout ends at {to}, its newest event is of {newest}',
  'mature-labels.required': 'a holdout that ends by {asOf}, and no event after its end',
  'mature-labels.why': 'What became known at or after the time of the cycle may not be used.',

  'finite-scores.fine': 'every score is a number in its range',
  'finite-scores.broken': 'the challenger has {challenger}, the champion {champion}',
  'finite-scores.required': 'finite scores; probabilities from 0 to 1',
  'finite-scores.why': 'A score that is none can be put anywhere in a ranking.',

  'no-leak.none': 'no feature gives the label away',
  'no-leak.not-run': 'features were not looked at',
  'no-leak.equals': '{column} equals the label',
  'no-leak.predicts': '{column} alone predicts it ({strength})',
  'no-leak.found': '{features}',
  'no-leak.required': 'no feature that gives the label away',
  'no-leak.why':
    'A feature that is known only with the label will be missing, or mean something else, when it is asked for.',

  'rehearsal.measured': '{mismatches} of {rows} answered differently',
  'rehearsal.required': 'raw JSON rows get the same answers in a clean process',
  'rehearsal.why': 'What was measured must be what callers will get.',

  'charge.cycle': 'for this cycle',
  'charge.schedule': "from the schedule's share of the year's budget",
  'charge.reserve': 'from the reserve of the year',
  'charge.exhausted': 'from an account that is empty',
  'charge.none': 'charged to nobody',
  'error-level.measured': 'one-sided alpha {alpha}, {account}',
  'error-level.drawn': 'one-sided alpha {alpha}, {account}; the interval was drawn for {drawn}',
  'error-level.required': 'an alpha above 0 and below 0.5, by which the deciding bounds were drawn',
  'error-level.why': 'It is the chance that a challenger that is not better wins.',

  'gate-controls.measured': '{controls}',
  'gate-controls.not-run': 'no controls were run',
  'gate-controls.required':
    'equal models win no more often than the charged alpha allows, random scores do not win, a planted gain does',
  'gate-controls.why':
    'A gate that does not tell cases whose answer is known cannot be trusted with one whose answer is not.',
  'flips.not-run': 'signs of cluster sums not flipped',
  'flips.measured': 'equal models win {won} of {tries} sign flips (at most {limit})',
  'shuffled.not-run': 'scores not dealt out at random',
  'shuffled.wins': 'scores dealt out at random differ by {difference} and win (they must not)',
  'shuffled.keeps': 'scores dealt out at random differ by {difference} and do not lose (they must)',
  'shuffled.loses': 'scores dealt out at random differ by {difference} and lose',
  'shuffled.passes': 'scores dealt out at random differ by {difference} and do not win',
  'planted.not-run': 'no gain planted: {reason}',
  'planted.wins': 'a planted gain wins',
  'planted.wins-by': 'a planted gain of {gain} wins',
  'planted.fails': 'a planted gain does not win (it must)',
  'planted.fails-by': 'a planted gain of {gain} does not win (it must)',
  'shuffled-fit.not-run': 'no fit on shuffled labels: {reason}',
  'shuffled-fit.wins': 'a fit on shuffled labels wins (it must not)',
  'shuffled-fit.passes': 'a fit on shuffled labels does not win',
  unmeasured: 'it was not measured',

  'new-answers.same': 'both answer the same on all {rows} rows: the champion in disguise',
  'new-answers.differ': 'the two answer differently',
  'new-answers.required': 'a challenger that answers otherwise than the champion',
  'new-answers.why': 'A champion in disguise changes nothing but the version.',

  'champion-scored.measured': 'scored on the judged rows',
  'champion-scored.required': 'the champion can be scored',
  'champion-scored.why': 'Without its answers on the same rows nobody knows whether the challenger is better.',

  'same-labels.measured': "{rows} of {both} rows have another label in the champion's query",
  'same-labels.required': 'one label a row',
  'same-labels.why': 'Where two queries disagree about the truth, a person has to say which one holds.',

  'measurable.measured': '{rows}',
  'measurable.required': 'labelled rows that neither contender has seen and that did not choose the champion',
  'measurable.why': 'Without such rows nothing is known.',

  'no-giant-cluster.measured': 'the largest cluster has {share} of all weight',
  'no-giant-cluster.required': 'at most {most}',
  'no-giant-cluster.why': "Where one cluster holds most rows, the result is that cluster's, and was seen once.",

  'enough-clusters.measured': '{clusters}, worth {effective} equal ones',
  'enough-clusters.required': 'at least {clusters} clusters, worth {effective} equal ones',
  'enough-clusters.why':
    'Rows of one cluster share their luck: how much luck there is shows between clusters, and only in several.',

  'enough-rows.measured': '{rows} judged rows',
  'enough-rows.of-class': '{rows} of the class {class}',
  'enough-rows.one-class': 'one class',
  'enough-rows.required': 'at least {least}',
  'enough-rows.required-each': 'at least {least} of each class',
  'enough-rows.why': 'A metric that rests on a handful of rows changes with each of them.',

  'interval.nothing': '{metric}: nothing measured',
  'interval.bounded': '{metric}: a difference with its interval',
  'interval.unbounded': '{metric}: a difference without interval',
  'interval.required': 'a difference in the primary metric with bounds on both sides',
  'interval.why': 'Without repetition there is no telling a difference from chance.',

  'opponent.champion': 'champion',
  'opponent.trivial': 'trivial predictor',
  'opponent.anchor': 'last champion that won by superiority',
  'win.measured': '{metric} against the {whom} {difference}',
  'win.required': 'a lower bound above {bound}',
  'win.required-zero': 'a lower bound above zero',
  'win.superior.why': 'The challenger must be better than the {whom} beyond what chance gives.',
  'win.nonInferior.why': 'The challenger must not be worse than the {whom} by more than the margin.',

  'guardrail.measured': '{metric} difference {difference}',
  'guardrail.required': 'a lower bound above {bound}',
  'guardrail.why': 'A gain in one metric must not be paid for in another.',

  'floor.unmeasured': '{metric} of the challenger not measured',
  'floor.no-interval': '{metric} of the challenger {value} (no interval)',
  'floor.measured': '{metric} of the challenger {value} (deciding bounds {low} to {high})',
  'floor.at-least': 'a lower bound of at least {limit}',
  'floor.at-most': 'an upper bound of at most {limit}',
  'floor.why': 'Some models are not good enough to serve, whatever the champion does.',

  'slice.measured': '{metric} by {column}: {parts}',
  'slice.parts': '{parts}',
  'slice.hold': '{holding} of {parts} hold',
  'slice.lose': '{parts} lose, at worst {worst}',
  'slice.untold': '{parts} cannot be told, at worst {worst}',
  'slice.nothing': 'nothing measured ({reason})',
  'slice.no-interval': 'no interval',
  'slice.required': 'in each part a lower bound above {bound}',
  'slice.required-told': 'in each part a lower bound above {bound} (too few rows to tell do not block)',
  'slice.why': 'A model that is better on the whole may be worse for some.',

  'labelled-rows.mature': '{share} of the mature rows have no label',
  'labelled-rows.mature-trend': '{share} of the mature rows have no label, and the share changes over the holdout',
  'labelled-rows.accepted': '{share} of the accepted rows have no label',
  'labelled-rows.accepted-trend': '{share} of the accepted rows have no label, and the share changes over the holdout',
  'labelled-rows.required': 'at most {most}, without a trend',
  'labelled-rows.why':
    'Labels that are missing are seldom missing at random: those that come late are often the bad ones.',

  'label-rate.none': "the label's rate over the holdout: no trend can be told",
  'label-rate.changes': "the label's rate over the holdout: it changes by {rate} a day",
  'label-rate.bounded': "the label's rate over the holdout: it changes by {rate} a day (99.9 %: {low} to {high})",
  'label-rate.required':
    "no trend beyond chance that adds up to a tenth of the rate (of numbers: of the labels' spread)",
  'label-rate.why':
    'A rate that moves towards the end of the holdout may say that the youngest labels are not final yet.',

  'self-tests.run': 'controls and the search for leaks were run',
  'self-tests.missing': 'not run: {missing}',
  'self-tests.controls': "the gate's controls",
  'self-tests.leaks': 'the search for leaks',
  'self-tests.required': 'a gate that was tested on this very cycle',
  'self-tests.why': 'What nobody checked is not known to hold.',

  'complete-labels.measured': 'approved rows weighted by their chance of approval, worth {rows} equal ones',
  'complete-labels.faults': 'measured on applicants whom the champion accepted: {faults}',
  'complete-labels.no-column': 'no decision column was read',
  'complete-labels.no-probability': 'there is no approval probability',
  'complete-labels.no-chance': 'nobody was approved at random',
  'complete-labels.contradicted': '{rows} rows were decided against a probability of 0 or 1',
  'complete-labels.disagreement':
    'the recorded probabilities are not those by which rows were accepted (off by {errors} standard errors)',
  'complete-labels.overlap-unknown': 'nobody knows who had a chance of approval',
  'complete-labels.overlap': '{share} of all rows had no chance of approval',
  'complete-labels.unreachable-unknown': 'nobody knows whom the challenger would accept',
  'complete-labels.unreachable': '{share} of those whom the challenger would accept can never show a label',
  'complete-labels.weight-unknown': 'one row carries an unknown share of all weight',
  'complete-labels.weight': 'one row carries {share} of all weight',
  'complete-labels.effective': 'the weighted rows are worth {rows} equal ones',
  'complete-labels.required': 'approvals at random that reach nearly every row, and no row that outweighs the rest',
  'complete-labels.why': 'A champion that chooses whose outcome is seen is judged on a range that it cut itself.',

  'known-rows.measured':
    'the store has neither the rows nor the row ids of {snapshots}: whether judged rows are among them could not be checked',
  'known-rows.required': 'the row ids of everything that a version was fitted or chosen on',
  'known-rows.why': 'A model looks better than it is on rows that it was fitted or chosen on.',

  'known-training.said': 'the challenger was fitted on the rows from {from} to {to}, as its author says',
  'known-training.logged': 'the challenger was fitted on rows that the store knows',
  'known-training.unknown': 'MLflow does not say which rows the challenger was fitted on, and nobody else has said it',
  'known-training.champion':
    'nobody knows which rows the champion was fitted on, and the holdout begins before it was registered on {registered}',
  'known-training.required': 'it is known which rows each version was fitted on',
  'known-training.why': 'A model looks better than it is on rows that it was fitted on.',

  'after-registration.measured': 'the holdout begins on {from}, and the challenger was registered on {registered}',
  'after-registration.required': 'a holdout that begins after the challenger was registered',
  'after-registration.why': 'Whoever fitted the challenger may have seen rows from before, and chosen it by them.',

  'shared-rows.measured': "{shared} of the {rows} of the champion's holdout are in the challenger's too",
  'shared-rows.required': 'at least {least}',
  'shared-rows.why':
    'Rows that the new query leaves out are not judged, and whoever wrote it may have kept the easy ones.',

  'anchor-scored.not-run': 'nobody knows here who last won by superiority',
  'anchor-scored.not-run.required': 'the margin kept against that one too',
  'anchor-scored.broken': 'the last champion that won by superiority has {scores}',
  'anchor-scored.unknown': 'nobody knows whether the last champion that won by superiority was fitted on judged rows',
  'anchor-scored.fitted': 'the last champion that won by superiority was fitted on {rows}',
  'anchor-scored.measured': 'scored on the judged rows',
  'anchor-scored.required': 'the last champion that won by superiority can be judged',
  'anchor-scored.why': 'Without it nobody sees how much small accepted losses have added up to.',

  'margin.unknown': "the champion's lead over the trivial predictor is not known",
  'margin.measured': 'a margin of {margin}, and the champion leads the trivial predictor by at least {lead}',
  'margin.required-unknown': 'a margin of at most half of that lead',
  'margin.required': 'a margin of at most half of that lead, {most}',
  'margin.why': 'A margin as large as what the champion is worth would let anything in.',

  'slice-search.none': '{parts} found, none that loses',
  'slice-search.found': 'the search found {parts} by {columns} in which {metric} falls by more than {margin}',
  'slice-search.required': 'no part with an upper bound below {bound}',
  'slice-search.why': 'Found on one half of the clusters and measured on the other: worth a look, no proof by itself.',

  'error-budget.empty': "the year's budget for wrong promotions is spent",
  'error-budget.schedule': "{alpha} drawn from the schedule's share",
  'error-budget.reserve': '{alpha} drawn from the reserve',
  'error-budget.required': 'something left to draw from',
  'error-budget.why': 'Every test may err: so many of them a year are paid for, and no more.',

  'approval.measured': 'by policy a person confirms every promotion',
  'approval.required': "a person's approval",
  'approval.why': 'The gate may say that a challenger wins; here it may not say that it reigns.',

  'detect.none': 'no upper bound',
  'detect.measured': 'the upper bound of the difference in {metric} is {high}',
  'detect.required': 'an upper bound of at least {wanted}, the gain that is worth having',
  'detect.why': 'What surely gains less need not wait for more data; what might gain more is not settled yet.',

  'domain.metric': '{metric} decides',
  'domain.rows': 'fewer than {rows} rows of a class',
  'domain.clusters': '{clusters}',
  'domain.largest': '{share} of the rows in one cluster',
  'domain.skewed': 'differences that are skewed by cluster ({skewness}: seldom the challenger loses much)',
  'domain.inside': '{rows} in {clusters}: where error rates were measured',
  'domain.outside': '{outside}: the error rates in docs/gate.md were not measured there',
  'domain.required':
    '{rows} rows of each class, {clusters} clusters, none above {share} of the rows, good days about as far from the mean as bad ones; a metric whose intervals were tried',
  'domain.why': 'The promised error rate was checked by simulation on data of this kind.',

  'detectable.unknown': 'what these rows could show is not known',
  'detectable.shown': 'these rows show {shown} four times in five',
  'detectable.needed': '{sought} takes {clusters}, here are {here}',
  'detectable.needed-on':
    '{sought} takes {clusters}, here are {here}, and a holdout that begins with this one has them on {day}',
  'detectable.foretold': 'before the fit {cycles} foretold {optimistic} to {pessimistic}',
  'detectable.measured': '{parts}',
  'detectable.required': 'a gain of {wanted} is worth having',
  'detectable.required-equal': 'an equal challenger is worth having',
  'detectable.why': 'A test that cannot show what is wanted says little by not showing it.',

  'age.challenger': 'challenger judged {judged} and served {served} after its training ends',
  'age.champion': 'champion judged {judged} and served {served} after its training ends',
  'age.challenger-unknown': 'nobody knows which rows the challenger was fitted on',
  'age.champion-unknown': 'nobody knows which rows the champion was fitted on',
  'age.measured': '{contenders}',
  'age.required': 'judged about as old as it serves',
  'age.why': 'Models age: what was measured on younger training data holds less for older.',

  'shared-classes.added': 'the champion does not know {classes}',
  'shared-classes.gone': 'the challenger does not know {classes}',
  'shared-classes.measured': '{rows} of classes that not every version knows left out',
  'shared-classes.which': '{rows} of classes that not every version knows left out: {which}',
  'shared-classes.required': 'rows of the classes that all versions know',
  'shared-classes.why':
    'Only there can both be right. A probability given to another class counts against whoever gave it.',

  'effective-rows.measured': '{rows} of unequal weight, worth {effective} equal ones',
  'effective-rows.required': 'weights that differ little',
  'effective-rows.why': 'Where few rows carry most of the weight, the result is theirs.',

  'swap-set.part': '{rows} ({labelled} with label)',
  'swap-set.part-rate': '{rows} ({labelled} with label, {rate} positive)',
  'swap-set.measured': 'accepted by the challenger alone {swapIns}, by the champion alone {swapOuts}',
  'swap-set.required': 'scores cut at {cutoff}',
  'swap-set.why': 'These are the people about whom the two decide otherwise.',

  'calibration.slope-challenger': 'slope of the challenger {estimate} ({low} to {high})',
  'calibration.slope-champion': 'slope of the champion {estimate} ({low} to {high})',
  'calibration.intercept-challenger': 'intercept of the challenger {estimate} ({low} to {high})',
  'calibration.intercept-champion': 'intercept of the champion {estimate} ({low} to {high})',
  'calibration.measured': '{faults}',
  'calibration.required': 'slope 1 and intercept 0 within their 95 % intervals',
  'calibration.why': 'Whoever reads the score as a probability is misled by as much.',

  'trivial.said': '{metric} {challenger}, the trivial predictor {trivial}',
  'trivial.measured': '{said}: {lead}',
  'trivial.required': 'a first champion that is better than no model in every declared metric',
  'trivial.why': 'The primary metric decides; by this one, answering the same for every row would be better.',

  'shift.required': "below the policy's size, or within what the last holdouts showed",
  'shift.measured': '{features} shifted since training: {names}',
  'shift.why': 'Models are asked about other rows than they learnt from.',

  'score-shift.measured': "the champion's scores shifted since the last holdout",
  'score-shift.psi': "the champion's scores shifted since the last holdout (PSI {psi})",
  'score-shift.why': 'Where scores move, cut-offs that were chosen for the old ones accept others than before.',

  'unreferenced-shift.psi': 'PSI {value}',
  'unreferenced-shift.ks': 'KS {value}',
  'unreferenced-shift.auc': 'AUC {value}',
  'unreferenced-shift.feature': '{column} ({sizes})',
  'unreferenced-shift.one':
    "{features} differs from training by the policy's size, and fewer than three earlier holdouts say what is usual: {each}",
  'unreferenced-shift.many':
    "{features} differ from training by the policy's size, and fewer than three earlier holdouts say what is usual: {each}",
  'unreferenced-shift.required': "below the policy's size, or three earlier holdouts to compare with",
  'unreferenced-shift.why':
    'Nobody knows yet whether this is usual for these columns: look at them before you trust the model.',

  'empty-features.one': '{names} is NULL in every training row',
  'empty-features.many': '{names} are NULL in every training row',
  'empty-features.required': 'features with values to learn from',
  'empty-features.why':
    'The model has learned nothing from such a feature, and what it does with a first value was never fitted.',

  'flipped-labels.measured': '{labels} of the last holdout changed since it was judged',
  'flipped-labels.required': 'labels that stay as they were',
  'flipped-labels.why': 'Labels that change after they are mature say that the horizon is too short.',

  'follow-up.unmeasured': 'next period not measured ({reason})',
  'follow-up.nothing': 'nothing found',
  'follow-up.so-far': 'next period {found} on {rows} so far',
  'follow-up.whole': 'next period {found} on {rows}',
  'probation.worse':
    'Look {number} of {looks} of its probation shows that {version} is worse than {beaten}, which it beat: {found}.',
  'follow-up.look': 'probation look {number} of {looks} {found} on {rows}',
  'follow-up.measured': 'the champion was promoted by {cycle} at {metric} {promised}, {since}',
  'follow-up.required': 'a gain that lasts',
  'follow-up.why': 'Of many challengers the luckiest wins: some of what was promised is lost again.',

  'summary.result': '{metric} {difference} on {rows} in {clusters}',
  'summary.scope': 'on {rows} in {clusters}',
  'summary.short': '{measured} (required: {required})',
  'summary.beats': 'beats the {whom}',
  'summary.beats-not': 'does not beat the {whom}',
  'summary.keeps': 'is not worse than the {whom} by more than {margin}',
  'summary.keeps-not': 'may be worse than the {whom} by more than {margin}',
  'summary.won': 'The challenger {wins}: {result}.',
  'summary.won-but':
    'The challenger {wins}: {result}. It is worse than the trivial predictor in what was declared besides: {losses}.',
  'summary.capped': 'The challenger {wins} ({result}), but a person has to decide: {measured}.',
  'summary.worse': 'is worse than the {whom}: {result}',
  'summary.falls-short': 'falls short: {short}; {result}',
  'summary.loss': 'The challenger {lost}.',
  'summary.loss-review': 'The challenger {lost}; by policy a person decides.',
  'summary.notWorth': 'The challenger {mayNot}, and could gain too little to wait for more data: {result}.',
  'summary.barsNotWorth':
    'The challenger {wins} but does not clear every bar, and could gain too little to wait for more data: {result}.',
  'summary.open': 'There is too little data to tell: {result}.',
  'summary.open-takes': 'There is too little data to tell: {result}; {sought} takes about {clusters}.',
  'summary.open-bar': 'There is too little data to tell: {short}; {result}.',
  'summary.unmeasurable': 'Nothing can be told: {measured}.',
  'summary.noData': 'There is too little data to tell: {short}.',
  'summary.disguise': 'The challenger is the champion in disguise: both answer the same {scope}.',
  'summary.person': 'A person has to decide: {measured}.',
  'summary.invalid': 'The comparison does not hold: {measured}.',
} as const;

export const say = speaker(gateMessages);
