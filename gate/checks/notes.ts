import type { Calibration, Evidence } from '../../schemas/evidence.ts';
import type { Message } from '../../schemas/message.ts';
import type { Policy } from '../../schemas/policy.ts';
import type { Window } from '../../schemas/primitives.ts';
import { say } from '../messages.ts';
import { few, listed, of, titleOf } from '../say.ts';
import { shownBy, sought } from '../sought.ts';
import { daysBetween } from '../windows.ts';
import { declaredLosses } from './declaredLosses.ts';
import { withinDomain } from './domain.ts';
import type { GateCheck } from './gateCheck.ts';

/** What a reviewer should know besides the verdict. None of it decides anything. */
export function* notes(evidence: Evidence, policy: Policy): Generator<GateCheck> {
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

const noted = (name: string, measured: Message, required: Message, why: Message): GateCheck => ({
  ...{ name, status: 'noted' as const, measured, required, why },
});

function detectable({ detection, clusters }: Evidence, { gate }: Policy): GateCheck {
  const { wanted, forecast } = detection;
  const shown =
    detection.detectable === null
      ? say('detectable.unknown')
      : say('detectable.shown', { shown: shownBy(gate, detection.detectable) });
  const foretold =
    forecast === null
      ? []
      : [
          say('detectable.foretold', {
            cycles: of(forecast.pastCycles, 'past cycle'),
            optimistic: shownBy(gate, forecast.optimistic),
            pessimistic: of(forecast.pessimistic + (gate.win === 'superior' ? gate.minimumGain : 0), 'amount'),
          }),
        ];
  const parts = [shown, ...needed(detection, clusters.count, sought(gate, wanted)), ...foretold];
  return noted(
    'detectable',
    say('detectable.measured', { parts: listed(parts, '; ') }),
    gate.win === 'superior' || gate.detect !== undefined
      ? say('detectable.required', { wanted: of(wanted, 'amount') })
      : say('detectable.required-equal'),
    say('detectable.why'),
  );
}

function needed({ clustersNeeded, enoughOn }: Evidence['detection'], here: number, wanted: Message): Message[] {
  if (clustersNeeded === null) return [];
  const values = { sought: wanted, clusters: of(clustersNeeded, 'cluster'), here: of(here, 'count') };
  if (enoughOn === null) return [say('detectable.needed', values)];
  return [say('detectable.needed-on', { ...values, day: enoughOn.slice(0, 10) })];
}

function age({ challenger, champion, window, asOf }: Evidence): GateCheck {
  const aged = (who: 'challenger' | 'champion', trained: Window | null) =>
    trained === null
      ? say(`age.${who}-unknown`)
      : say(`age.${who}`, {
          judged: of(daysBetween(trained.to, window.from), 'day'),
          served: of(daysBetween(trained.to, asOf), 'day'),
        });
  const contenders = [
    aged('challenger', challenger.trainWindow),
    ...(champion === null ? [] : [aged('champion', champion.trainWindow)]),
  ];
  return noted(
    'age',
    say('age.measured', { contenders: listed(contenders, '; ') }),
    say('age.required'),
    say('age.why'),
  );
}

function* otherClasses({ rows: { otherClasses: others }, classes, champion }: Evidence): Generator<GateCheck> {
  if (others === undefined) return;
  const theirs = champion?.classes ?? classes ?? [];
  const added = (classes ?? []).filter((name) => !theirs.includes(name)).map(String);
  const gone = theirs.filter((name) => !(classes ?? []).includes(name)).map(String);
  const which = [
    ...(added.length === 0 ? [] : [say('shared-classes.added', { classes: few(added) })]),
    ...(gone.length === 0 ? [] : [say('shared-classes.gone', { classes: few(gone) })]),
  ];
  const rows = of(others, 'row');
  yield noted(
    'shared-classes',
    which.length === 0
      ? say('shared-classes.measured', { rows })
      : say('shared-classes.which', { rows, which: listed(which) }),
    say('shared-classes.required'),
    say('shared-classes.why'),
  );
}

function* weights({ rows }: Evidence): Generator<GateCheck> {
  if (rows.effective > 0.99 * rows.judged) return;
  yield noted(
    'effective-rows',
    say('effective-rows.measured', {
      rows: of(rows.judged, 'judged row'),
      effective: of(Math.round(rows.effective), 'count'),
    }),
    say('effective-rows.required'),
    say('effective-rows.why'),
  );
}

function* swapped({ swapSet }: Evidence): Generator<GateCheck> {
  if (swapSet === null) return;
  const { cutoff, swapIns, swapOuts } = swapSet;
  yield noted(
    'swap-set',
    say('swap-set.measured', { swapIns: swappedPart(swapIns), swapOuts: swappedPart(swapOuts) }),
    say('swap-set.required', { cutoff: of(cutoff, 'amount') }),
    say('swap-set.why'),
  );
}

function swappedPart({ rows, labelled, positiveRate }: NonNullable<Evidence['swapSet']>['swapIns']): Message {
  const values = { rows: of(rows, 'count'), labelled: of(labelled, 'count') };
  return positiveRate === null
    ? say('swap-set.part', values)
    : say('swap-set.part-rate', { ...values, rate: of(positiveRate, 'share') });
}

function* calibrated({ calibration, champion }: Evidence): Generator<GateCheck> {
  if (calibration === null) return;
  const faults = [
    ...miscalibrated('challenger', calibration.challenger),
    ...(champion === null || calibration.champion === null ? [] : miscalibrated('champion', calibration.champion)),
  ];
  if (faults.length === 0) return;
  yield noted(
    'calibration',
    say('calibration.measured', { faults: listed(faults, '; ') }),
    say('calibration.required'),
    say('calibration.why'),
  );
}

function* miscalibrated(whose: 'challenger' | 'champion', { slope, intercept }: Calibration): Generator<Message> {
  for (const [what, found, ideal] of [
    ['slope', slope, 1],
    ['intercept', intercept, 0],
  ] as const) {
    if (found === null || found.low === null || found.high === null) continue;
    const { estimate, low, high } = found;
    if (low > ideal || high < ideal)
      yield say(`calibration.${what}-${whose}`, {
        estimate: of(estimate, 'amount'),
        low: of(low, 'amount'),
        high: of(high, 'amount'),
      });
  }
}

function* shifted({ observations, scoreShift }: Evidence): Generator<GateCheck> {
  const required = say('shift.required');
  if (observations !== null && observations.shifted.length > 0)
    yield noted(
      'shift',
      say('shift.measured', {
        features: of(observations.shifted.length, 'feature'),
        names: few(observations.shifted, 5),
      }),
      required,
      say('shift.why'),
    );
  if (scoreShift?.alarm === true)
    yield noted(
      'score-shift',
      scoreShift.psi === null
        ? say('score-shift.measured')
        : say('score-shift.psi', { psi: of(scoreShift.psi, 'amount') }),
      required,
      say('score-shift.why'),
    );
}

/** From format 3 of evidence on: a shift without earlier holdouts to compare with is shown with its size. */
function* unreferenced({ observations }: Evidence): Generator<GateCheck> {
  const found = observations?.unreferenced ?? [];
  if (found.length === 0) return;
  const each = found.map(({ column, psi, ks, auc }) => {
    const sizes = [
      psi !== null && say('unreferenced-shift.psi', { value: of(psi, 'amount') }),
      ks !== null && say('unreferenced-shift.ks', { value: of(ks, 'amount') }),
      auc !== null && say('unreferenced-shift.auc', { value: of(auc, 'amount') }),
    ];
    return say('unreferenced-shift.feature', { column, sizes: listed(sizes.filter((size) => size !== false)) });
  });
  yield noted(
    'unreferenced-shift',
    say(found.length === 1 ? 'unreferenced-shift.one' : 'unreferenced-shift.many', {
      features: of(found.length, 'feature'),
      each: few(each),
    }),
    say('unreferenced-shift.required'),
    say('unreferenced-shift.why'),
  );
}

function* empty({ observations }: Evidence): Generator<GateCheck> {
  const found = observations?.empty ?? [];
  if (found.length === 0) return;
  yield noted(
    'empty-features',
    say(found.length === 1 ? 'empty-features.one' : 'empty-features.many', { names: few(found, 5) }),
    say('empty-features.required'),
    say('empty-features.why'),
  );
}

function* flippedLabels({ observations }: Evidence): Generator<GateCheck> {
  if (observations === null || observations.flippedLabels === 0) return;
  yield noted(
    'flipped-labels',
    say('flipped-labels.measured', { labels: of(observations.flippedLabels, 'label') }),
    say('flipped-labels.required'),
    say('flipped-labels.why'),
  );
}

function* followedUp({ followUp, primary }: Evidence): Generator<GateCheck> {
  if (followUp === null) return;
  const { promised, cycle } = followUp;
  yield noted(
    'follow-up',
    say('follow-up.measured', {
      cycle,
      metric: titleOf(primary),
      promised: of(promised.estimate, 'difference'),
      since: sincePromoted(followUp),
    }),
    say('follow-up.required'),
    say('follow-up.why'),
  );
}

function sincePromoted({ found, complete, rows, unmeasured, look }: NonNullable<Evidence['followUp']>): Message {
  if (found === null) return say('follow-up.unmeasured', { reason: unmeasured ?? say('follow-up.nothing') });
  const measured = { found: of(found.estimate, 'difference'), rows: of(rows, 'row') };
  if (look !== undefined)
    return say('follow-up.look', { ...measured, number: of(look.number, 'plain'), looks: of(look.of, 'plain') });
  return say(complete ? 'follow-up.whole' : 'follow-up.so-far', measured);
}
