import type { Account, Budget } from '../../gate/errorBudget.ts';
import type { ErrorCharge } from '../../ledger/errorCharges.ts';
import type { ErrorPolicy } from '../../schemas/gate.ts';
import { formatCount } from './numbers.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';
import { formatAsOf } from './times.ts';

/** What `reign budget` knows. */
export interface ShownBudget extends Budget {
  readonly model: string;
  readonly lineage: string;
  readonly policy: ErrorPolicy;
  /** Those of the 365 days. */
  readonly charges: readonly ErrorCharge[];
}

/** How often the gate may be wrong in 365 days, and how much of that is spent and left. */
export function renderBudget(budget: ShownBudget, paint: Paint = plain): string {
  const { model, lineage, to, accounts, charges } = budget;
  const head = `${paint('bold', `${model}  ${lineage}`)}  the 365 days up to asOf ${formatAsOf(to)}`;
  const parts = [head, promise(budget)];
  if (accounts !== null) parts.push(renderAccounts(accounts, paint), ...notes(budget, accounts));
  parts.push(charges.length === 0 ? 'No test was charged in these days.' : renderCharges(charges, paint));
  return parts.join('\n\n');
}

function promise({ policy, accounts, alpha, tests, expectedWrongPromotions }: ShownBudget): string {
  if ('perCycle' in policy || accounts === null) {
    return [
      `Each cycle promotes a challenger that is not better with a chance of at most ${format(alpha)}: no account is kept.`,
      `${plural(tests, 'test')} in these days: at most ${format(expectedWrongPromotions)} wrong promotions expected among them.`,
    ].join('\n');
  }
  return [
    `At most ${format(policy.wrongPromotions)} wrong promotions are expected in any 365 days; ${percent(policy.reserve)} of that is the reserve.`,
    `Each test has ${format(alpha)}: the schedule comes to at most ${formatCount(accounts.yearlyTests)} tests a year.`,
  ].join('\n');
}

function renderAccounts({ schedule, reserve }: NonNullable<Budget['accounts']>, paint: Paint): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const row = (name: string, { allowed, spent, left, tests, testsLeft, freesAt }: Account) => [
    name,
    ...[allowed, spent, left].map(format),
    String(tests),
    paint(testsLeft === 0 ? 'yellow' : 'green', formatCount(testsLeft)),
    freesAt === null ? '' : formatAsOf(freesAt),
  ];
  return renderTable(
    [
      { title: 'account' },
      ...['allowed', 'spent', 'left', 'tests', 'tests left'].map(right),
      { title: 'oldest falls out' },
    ],
    [row('schedule', schedule), row('reserve', reserve)],
    paint,
  );
}

function notes({ exhausted }: Budget, { spentPerCycle, spentBefore }: NonNullable<Budget['accounts']>): string[] {
  const found = [];
  if (exhausted > 0)
    found.push(`${plural(exhausted, 'test')} found the accounts empty: those promote nobody by themselves.`);
  if (spentPerCycle > 0)
    found.push(
      `${format(spentPerCycle)} was spent by cycles of a definition without a budget: it counts against the whole.`,
    );
  if (spentBefore > 0)
    found.push(
      `${format(spentBefore)} was spent before there was a budget: it holds for any 365 days that begin after that.`,
    );
  return found;
}

function renderCharges(charges: readonly ErrorCharge[], paint: Paint): string {
  const rows = charges.map(({ asOf, account, alpha, challenger, champion, trigger, cycle, number }) => [
    formatAsOf(asOf),
    paint(account === 'exhausted' ? 'yellow' : 'dim', account),
    format(alpha),
    `v${challenger}`,
    champion === null ? 'trivial' : `v${champion}`,
    trigger,
    number === 1 ? cycle : `${cycle}, judgement ${number}`,
  ]);
  const titles = ['asOf', 'account', 'alpha', 'version', 'against', 'trigger', 'cycle'];
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
    paint,
  );
}

/** Three significant digits, without zeros at the end. */
const format = (alpha: number) => (alpha === 0 ? '0' : String(Number(alpha.toPrecision(3))));
const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
const plural = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
