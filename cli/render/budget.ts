import { count } from '../../gate/numbers.ts';
import { day } from '../../report/day.ts';
import type { BudgetReport, ReportedAccount, ReportedCharge } from '../../schemas/report.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';

/** How often the gate may be wrong in 365 days, and how much of that is spent and left. */
export function renderBudget(budget: BudgetReport, paint: Paint = plain): string {
  const { model, lineage, to, promise, accounts, notes, charges } = budget;
  const parts = [
    `${paint('bold', `${model}  ${lineage}`)}  the 365 days up to asOf ${day(to)}`,
    promise.map(({ text }) => text).join('\n'),
    ...(accounts.length === 0 ? [] : [renderAccounts(accounts, paint)]),
    ...notes.map(({ text }) => text),
    charges.length === 0 ? 'No test was charged in these days.' : renderCharges(charges, paint),
  ];
  return parts.join('\n\n');
}

function renderAccounts(accounts: readonly ReportedAccount[], paint: Paint): string {
  const right = (title: string) => ({ title, align: 'right' as const });
  const row = ({ name, allowed, spent, left, tests, testsLeft, freesAt }: ReportedAccount) => [
    name,
    ...[allowed, spent, left].map(format),
    String(tests),
    paint(testsLeft === 0 ? 'yellow' : 'green', count(testsLeft)),
    freesAt === null ? '' : day(freesAt),
  ];
  return renderTable(
    [
      { title: 'account' },
      ...['allowed', 'spent', 'left', 'tests', 'tests left'].map(right),
      { title: 'oldest falls out' },
    ],
    accounts.map(row),
    paint,
  );
}

function renderCharges(charges: readonly ReportedCharge[], paint: Paint): string {
  const rows = charges.map(({ asOf, account, alpha, challenger, champion, trigger, cycle, number }) => [
    day(asOf),
    paint(account === 'exhausted' ? 'yellow' : 'dim', account),
    format(alpha),
    challenger === null ? '' : `v${challenger}`,
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
