import type { Cell, Coverage, SimulatedPromotion, Years } from './answers.ts';
import { alpha, inPercent, isMissed, limitOf, misses, type SelectedRates, type Simulated } from './required.ts';
import { table } from './writeTables.ts';

/** What the simulation measured, as the documentation shows it. */
export function simulationTables(simulated: Simulated): string {
  const missed = [...misses(simulated)];
  const cells = simulated.promotion.flatMap(({ cells }) => cells);
  const checked = simulated.promotion.reduce((sum, { checked }) => sum + checked.length, 0);
  return [
    `Made by \`npm run bench -- gate\` (seed ${simulated.seed}): ${count(cells.reduce((sum, { cycles }) => sum + cycles, 0))} simulated cycles in ${cells.length} cells,`,
    `${checked} of them were also measured by the trainer itself, with the same result. The generators are in`,
    '`bench/gate/generators.py`. A bold number misses its target.',
    '',
    `**Promotions** at alpha ${alpha}, in percent of the cycles. *Equal* and *worse* (by .002 AUC) challengers should be promoted in at most`,
    '2.5 % of the cycles, plus three standard errors of the simulation. *+½*, *+1* and *+2* are better by half, one and two detectable',
    'differences. *larger* promotes the larger number. *rows* uses an interval that treats rows as independent.',
    'Settings marked * are outside the declared domain: fewer than 14 clusters, or *skewed* shocks (exponential, with the long',
    'tail where the challenger loses).',
    '',
    promotions(simulated.promotion),
    '',
    '**Years under the budget** of .05 wrong promotions: 500 scheduled cycles of equal models, with a manual cycle after every',
    'third one. The gate charges them; a test that finds the reserve empty promotes nothing. *Over charged* is the number of promotions divided by the sum of',
    'the alphas; at most 1 is promised.',
    '',
    years(simulated.years),
    '',
    '**Selected labels**: promotions of equal models when only applicants whom the champion accepted have outcomes.',
    '',
    selectedLabels(simulated.selected),
    '',
    '**Coverage** of the nominal 95 % intervals of a difference, by number of clusters: `e` for equal and `u` for unequal ones (lognormal, none',
    'above a fifth of the rows; with 7 clusters, without that limit). The target with 14 clusters or more is .93 to .97 for ROC AUC, log',
    'loss, Brier, accuracy, MAE and RMSE, and at least .93 for the others.',
    '',
    coverage(simulated.coverage),
    '',
    missed.length === 0
      ? 'Every target in the declared domain is met.'
      : `Missed in the declared domain:\n\n${missed.map((miss) => `- ${miss}`).join('\n')}`,
  ].join('\n');
}

const count = (number: number): string => number.toLocaleString('en');
const bold = (text: string, when: boolean): string => (when ? `**${text}**` : text);
const digits = (share: number): string => (100 * share).toFixed(1);

const sizes = { equal: 'equal', unequal: 'unequal', three: 'three of a fifth each' } as const;

function promotions(found: readonly SimulatedPromotion[]): string {
  const head = ['rows', 'clusters', 'sizes', 'shocks', 'detectable'];
  const effects = ['equal', 'larger', 'rows', 'worse', 'larger', 'rows', '+½', '+1', '+2'];
  const rows = found.map(({ cells, detectable }) => {
    const cell = (effect: Cell['effect']) => cells.find((one) => one.effect === effect);
    const [equal, worse, half, one, two] = (['equal', 'worse', 'better-0.5', 'better-1', 'better-2'] as const).map(
      cell,
    );
    if (!equal || !worse || !half || !one || !two) throw new Error('a kind of challenger is missing');
    const tooMany = (of: Cell) => bold(digits(of.reign), of.declared && of.reign > limitOf(of.cycles));
    return [
      count(equal.rows),
      `${equal.clusters ?? 'none'}${equal.declared ? '' : ' *'}`,
      equal.clusters === null ? '' : sizes[equal.sizes],
      equal.shock === 0 ? 'no' : `${equal.shock}${equal.skewed ? ', skewed' : ''}`,
      detectable.toFixed(4),
      ...[tooMany(equal), digits(equal.naive), digits(equal.iid)],
      ...[tooMany(worse), digits(worse.naive), digits(worse.iid)],
      ...[digits(half.reign), bold(digits(one.reign), one.declared && one.reign < 0.75), digits(two.reign)],
    ];
  });
  return table([...head, ...effects], rows.toSorted(byRows));
}

/** By rows, then by clusters, none last. */
function byRows(one: readonly string[], other: readonly string[]): number {
  const key = ([rows = '', clusters = '']: readonly string[]) =>
    Number(rows.replaceAll(',', '')) * 1e6 + (clusters === 'none' ? 1e5 : Number.parseInt(clusters, 10));
  return key(one) - key(other);
}

function years(found: readonly Years[]): string {
  return table(
    [
      'schedule',
      'clusters',
      'sizes',
      'alpha',
      'years',
      'charged a year at most',
      'promotions a year',
      'over charged',
      'larger',
    ],
    found.map((one) => [
      one.cadence,
      String(one.clusters),
      sizes[one.sizes],
      one.alpha.toPrecision(3),
      count(Math.round(one.years)),
      one.charged_in_the_fullest_year.toFixed(4),
      bold(one.promotions_a_year.toFixed(4), one.promotions_a_year > one.allowed + 3 * one.simulation_error),
      one.to_charged.toFixed(2),
      one.naive_a_year.toFixed(1),
    ]),
  );
}

function selectedLabels(found: readonly SelectedRates[]): string {
  return table(
    ['champion', 'cycles', 'larger', 'lower bound above zero', 'the gate', 'had all labels been known'],
    found.map((one) => [
      one.name,
      count(one.cycles),
      inPercent(one.naive),
      inPercent(one.primary),
      bold(inPercent(one.gate), one.explored === 0 && one.gate > 0),
      inPercent(one.allLabelsKnown),
    ]),
  );
}

function coverage(found: readonly Coverage[]): string {
  const names = [...new Set(found.flatMap(({ metrics }) => Object.keys(metrics)))];
  const columns = [7, 14, 30, 100].flatMap((clusters) =>
    (['equal', 'unequal'] as const).map((sizes) => ({ clusters, sizes })),
  );
  return table(
    ['metric', ...columns.map((one) => `${one.clusters}${one.sizes === 'equal' ? 'e' : 'u'}`)],
    names.map((name) => [
      name,
      ...columns.map((column) => {
        const holdout = found.find(
          (one) => one.clusters === column.clusters && one.sizes === column.sizes && name in one.metrics,
        );
        const metric = holdout?.metrics[name];
        if (holdout === undefined || metric === undefined) return '';
        return bold(metric.covered.toFixed(3), holdout.declared && isMissed(metric));
      }),
    ]),
  );
}
