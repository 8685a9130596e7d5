import { gateMessages } from '../gate/messages.ts';
import { speaker } from '../gate/say.ts';

/** What a report says besides the gate's own sentences, in English. */
const ownMessages = {
  parts: '{parts}',
  unmeasured: 'Nothing was measured: {reason}',
  'unmeasured.no-metric': 'the evidence holds no metric',

  'rows.judged': '{rows} judged, each on its own, from {from} to {to}',
  'rows.in-clusters': '{rows} judged, in {clusters} by {by}, from {from} to {to}',
  'rows.largest': '{rows} judged, in {clusters} by {by}, the largest with {largest} of them, from {from} to {to}',
  'rows.by-class': 'by class {classes}',
  'rows.effective': 'weighing as much as {rows}',
  'rows.chose': '{rows} left out that chose the champion',
  'rows.labels-differ': "{rows} with another label in the champion's query",

  'error-level': 'one-sided alpha {alpha}, {account}',
  'account.cycle': 'for this cycle',
  'account.schedule': "from the schedule's share of the year's budget",
  'account.reserve': "from the reserve of the year's budget",
  'account.exhausted': "the year's budget is spent: review at best",
  'account.none': 'charged to nobody',

  'calibration.of-challenger': 'challenger {calibration}',
  'calibration.of-champion': 'champion {calibration}',
  'calibration.error': 'expected error {error}',
  'calibration.slope': 'slope {slope}',
  'calibration.intercept': 'intercept {intercept}',

  'swapped.part': '{rows} ({labelled} with a label)',
  'swapped.part-rate': '{rows} ({labelled} with a label, {rate} of those positive)',
  'swapped.below': 'accepting below {cutoff}: the challenger alone {challenger}; the champion alone {champion}',
  'swapped.above': 'accepting above {cutoff}: the challenger alone {challenger}; the champion alone {champion}',

  'labels.complete': 'every one of {rows} has one',
  'labels.missing': '{share} of {rows} without one',
  'labels.drifting': '{share} of {rows} without one, and the share is drifting',

  'selection.labelled': '{labelled} of {accepted} with a label',
  'selection.decided-by': 'decided by {versions}',
  'selection.weighted': 'weighted by approval probability',
  'selection.unweighted': 'without approval probabilities',
  'selection.overlap': '{share} could have been accepted',
  'selection.randomised': '{share} accepted at random',
  'selection.largest': '{share} of the weight on one row',
  'selection.effective': 'weighing as much as {rows}',
  'selection.unreachable': '{share} of the swap-ins can never show one',

  'score-shift.size': '{measure} {value}',
  'score-shift.size-usual': '{measure} {value} (usually up to {usual})',
  'score-shift.found': "{sizes}, champion's score since the last holdout",
  'score-shift.alarm': "alarm: {sizes}, champion's score since the last holdout",

  'features.no-leak': 'none gives the label away',
  'features.leak': '{features} may give the label away',
  'features.shifted': 'shifted: {features}',
  'features.unreferenced': 'too few earlier holdouts to say what is usual; far from training: {features}',
  'features.psi': '{column} PSI {psi}',
  'features.none-shifted': 'none shifted',
  'features.none-known-shifted': 'none is known to have shifted beyond what is usual',
  'features.empty': 'NULL in every training row: {features}',
  'features.flipped': '{labels} of the last holdout changed since',

  'controls.failed': 'FAILED: {control}',

  'ages.challenger': 'judged on rows {from} to {to} days after its training, serves from day {served} on',
  'ages.both':
    "judged on rows {from} to {to} days after its training, serves from day {served} on; the champion's training ended {champion} days before",

  'anchor.named': 'the last champion that won by superiority, of {cycle}',
  'anchor.unscorable': 'the last champion that won by superiority, of {cycle}, cannot be scored: {reason}',
  'anchor.difference': '{difference} against the last champion that won by superiority, of {cycle}',

  'follow-up.found': '{found} on {rows}',
  'follow-up.whole-period': 'promoted at {promised} by {cycle}; next period ({from} to {to}) {came}',
  'follow-up.so-far-period': 'promoted at {promised} by {cycle}; next period ({from} to {to}, so far) {came}',
  'follow-up.brief': 'promoted at {promised}, next period {came}',
  'follow-up.brief-so-far': 'promoted at {promised}, next period {came} so far',
  'follow-up.not-measured': 'not measured',

  'rehearsal.same': '{rows} as JSON, all with the same answer',
  'rehearsal.other': '{rows} as JSON, {mismatches} with another answer',

  'cycle.version': 'version {version}',
  'cycle.version-of-several': 'version {version}; this asOf also has a cycle of version {versions}',
  'cycle.rows': '{rows}',
  'cycle.rows-window': '{rows} ({from} to {to})',
  'cycle.rows-late': '{rows} ({from} to {to}); the window begins before any data, the first row is of {first}',
  'cycle.trigger.manual': 'manual',
  'cycle.trigger.schedule': 'schedule',
  'cycle.trigger.backfill': 'backfill',
  'cycle.trigger.demo': 'demo',
  'cycle.going': '{at}, not ended',
  'cycle.ended': '{at}, took {elapsed}',
  'cycle.going-attempt': '{at}, not ended, attempt {attempt}',
  'cycle.ended-attempt': '{at}, took {elapsed}, attempt {attempt}',

  'next.advice': '{advice}',
  'next.review': 'A person has to decide; what decided is {check}.',
  'next.more-data': 'This takes {clusters}; here are {here}. Retrain when there are more.',
  'next.more-data-on': 'This takes {clusters}; here are {here}. A holdout that begins with this one has them on {day}.',
  'next.insufficient': 'Retrain for a later asOf, or choose a longer holdout; what decided is {check}.',
  'next.invalid': 'Fix what {check} says, then retrain: this comparison tells nothing about the challenger.',
  'next.fault': 'The cycle goes on by itself when the fault is fixed.',
  'next.cancelled': 'Start it again: reign retrain {model} --as-of {asOf}.',
  'next.superseded': 'Another version was promoted meanwhile; the next cycle challenges that one.',

  'comparison.other-model': 'They are cycles of different models.',
  'comparison.same-holdout': 'Both were judged on the same holdout.',
  'comparison.other-holdout': 'They were judged on different holdouts: a metric can differ because of the rows alone.',

  'history.won': '{metric} {difference}',

  'verify.identical': 'equal to the bit',
  'verify.close': 'equal within 1e-6',
  'verify.differs': 'differs',
  'verify.definition-lost': 'the ledger has lost version {version}',
  'verify.definition-hash': 'version {version} does not match its hash',
  'verify.evidence-without-definition': 'without its definition nobody knows what to measure',
  'verify.evidence-gone': 'the store has no evidence/{hash}',
  'verify.evidence-format': 'the evidence is of an earlier format, which this release does not recompute',
  'verify.evidence-damaged': '{message}',
  'verify.definition-form': 'the definition is of an earlier form, which this release does not read',
  'verify.inputs-gone': 'no longer in the store, so not recomputed: {objects}',
  'verify.recomputing-fails': 'recomputing fails: {code}: {message}',
  'verify.files-list': "the ledger's list of the model's files does not match its digest",
  'verify.files-unset': 'the files were not read: MLFLOW_TRACKING_URI is not set',
  'verify.files-gone': 'MLflow no longer has the model {model}',
  'verify.files-unread': 'the files were not read: {message}',
  'verify.files-differ': "MLflow's files of version {version} are not those that were fitted",
  'verify.policy-invalid': 'the stored policy is not valid: {path}: {problem}',
  'verify.policy-of-another': 'is not that of definition version {version}',
  'verify.charge-missing': 'the ledger has no charge for this test',
  'verify.promotion-missing': 'the cycle is promoted, and the ledger has no promotion of it',
  'verify.promotion-of-nothing': 'epoch {epoch} follows from judgement {number}, which there is not',
  'verify.follow-up-lost': 'the ledger has lost what became of epoch {epoch}',
  'verify.judgement-missing': 'its row names evidence, and the ledger has no judgement of it',

  'budget.per-cycle':
    'Each cycle promotes a challenger that is not better with a chance of at most {alpha}: no account is kept.',
  'budget.expected': '{tests} in these days: at most {expected} wrong promotions expected among them.',
  'budget.yearly':
    'At most {promotions} wrong promotions are expected in any 365 days; {reserve} of that is the reserve.',
  'budget.each': 'Each test has {alpha}: the schedule comes to at most {tests} tests a year.',
  'budget.exhausted': '{tests} ran after the budget was spent; the best possible verdict was review.',
  'budget.spent-per-cycle':
    '{spent} was spent by cycles of a definition without a budget: it counts against the whole.',
  'budget.spent-before':
    '{spent} was spent before there was a budget: it holds for any 365 days that begin after that.',
} as const;

/** Every message that a report may hold, by id. Another language needs a template for each. */
export const reportMessages = { ...gateMessages, ...ownMessages };

export const tell = speaker(reportMessages);
