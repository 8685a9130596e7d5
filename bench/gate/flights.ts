import { join } from 'node:path';
import { type Benchmark, rounded } from '../benchmark.ts';
import { askPython } from './python.ts';
import { table, writeTables } from './writeTables.ts';

const parquet = join(import.meta.dirname, '..', '..', 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
/** The first crowns a champion; of the last the two weeks that follow are still in the data. */
const mondays = 18;

interface Difference {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly clusters: number;
}

/** One challenger before one gate. */
interface Judged {
  readonly champion: string;
  readonly rows: number;
  readonly difference: Difference;
  readonly promoted: boolean;
  /** The same two versions on the two weeks that follow; null where the champion stayed. */
  readonly after: Difference | null;
}

const gates = ['naive', 'iid', 'reign'] as const;
type GateName = (typeof gates)[number];
const titles: Record<GateName, string> = { naive: 'larger', iid: 'rows', reign: 'Reign' };

export interface FlightsAnswer {
  /** The gates are empty in the first week: nobody reigned. */
  readonly weeks: readonly { readonly asOf: string; readonly gates: Partial<Record<GateName, Judged>> }[];
}

interface Afterwards {
  readonly promotions: number;
  /** Worse than whom it beat, on the following two weeks. */
  readonly lost: number;
  /** So much worse that the whole 95 % interval lies below zero. */
  readonly surelyLost: number;
  readonly surelyWon: number;
  readonly meanGain: number;
}

/** Real challengers by three gates, and what the promoted ones were worth afterwards. */
export async function flights(quick: boolean): Promise<Benchmark> {
  const answer = await askPython<FlightsAnswer>('flights.py', { weeks: quick ? 4 : mondays, parquet });
  const found = {
    naive: afterwards(answer, 'naive'),
    iid: afterwards(answer, 'iid'),
    reign: afterwards(answer, 'reign'),
  };
  if (!quick) writeTables('flights', flightsTables(answer, found));
  return {
    ratios: {
      lost_afterwards_naive: rounded(found.naive.lost / found.naive.promotions),
      lost_afterwards_iid: rounded(found.iid.lost / found.iid.promotions),
      lost_afterwards_reign: found.reign.promotions === 0 ? 0 : rounded(found.reign.lost / found.reign.promotions),
    },
    measured: Object.fromEntries(
      gates.flatMap((gate) => Object.entries(found[gate]).map(([name, value]) => [`${gate}_${name}`, rounded(value)])),
    ),
  };
}

function afterwards({ weeks }: FlightsAnswer, gate: GateName): Afterwards {
  const after = weeks.flatMap((week) => week.gates[gate]?.after ?? []);
  return {
    promotions: after.length,
    lost: after.filter(({ estimate }) => estimate <= 0).length,
    surelyLost: after.filter(({ high }) => high !== null && high < 0).length,
    surelyWon: after.filter(({ low }) => low !== null && low > 0).length,
    meanGain: after.reduce((sum, { estimate }) => sum + estimate, 0) / Math.max(1, after.length),
  };
}

function flightsTables({ weeks }: FlightsAnswer, found: Record<GateName, Afterwards>): string {
  const challenged = weeks.filter((week) => week.gates.reign !== undefined);
  return [
    `Made by \`npm run bench -- gate --flights\`: the example's model on ${challenged.length} Mondays after the first, judged`,
    'by three rules on the same two weeks of flights (without the rows that chose the champion). *larger* promotes the larger ROC',
    'AUC. *rows* needs a 95 % interval above zero, but treats flights as independent. *Reign* counts in days. Each rule has its',
    'own line of champions. Challengers with a **bold** difference were promoted. The next column shows the difference between',
    'the same two models in the two weeks that followed, with the interval by day. (Fits here use the seed 1, fits of a cycle a seed from its name. This changes',
    'a difference by about .002, so the numbers differ slightly from those of the demo.)',
    '',
    table(
      ['asOf', ...gates.flatMap((gate) => [titles[gate], 'two weeks later'])],
      challenged.map((week) => [
        week.asOf,
        ...gates.flatMap((gate) => {
          const judged = week.gates[gate];
          return judged === undefined ? ['', ''] : [seen(judged), later(judged)];
        }),
      ]),
    ),
    '',
    table(
      ['rule', 'promotions', 'worse afterwards', 'surely worse', 'surely better', 'mean difference afterwards'],
      gates.map((gate) => {
        const { promotions, lost, surelyLost, surelyWon, meanGain } = found[gate];
        return [titles[gate], ...[promotions, lost, surelyLost, surelyWon].map(String), signed(meanGain)];
      }),
    ),
    '',
    "'Surely' means that the whole 95 % interval by day is on that side of zero.",
  ].join('\n');
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4).replace(/^0/, '')}`;

const seen = ({ difference, promoted }: Judged): string =>
  promoted ? `**${signed(difference.estimate)}**` : signed(difference.estimate);

const later = ({ after }: Judged): string =>
  after === null || after.low === null || after.high === null
    ? ''
    : `${signed(after.estimate)} (${signed(after.low)} to ${signed(after.high)})`;
