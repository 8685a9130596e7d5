import { countOrDash, percent } from '../../gate/numbers.ts';
import type { ColumnShift } from '../../schemas/observations.ts';
import type { ShiftReport } from '../../schemas/report.ts';
import { type Paint, plain } from './style.ts';
import { renderTable } from './table.ts';

/** More lines than this say less: the others are counted. */
const most = 15;

/** How far each feature of the holdout is from the training rows: alarms first, then what a classifier tells best. */
export function renderShift({ columns, domainAuc, sampledRows }: ShiftReport, paint: Paint = plain): string {
  const titles = [
    { title: 'feature' },
    { title: 'PSI', align: 'right' as const },
    { title: 'KS', align: 'right' as const },
    { title: 'AUC', align: 'right' as const },
    { title: 'usually up to', align: 'right' as const },
    { title: 'new' },
    { title: 'vanished' },
    { title: '' },
  ];
  const rows = columns.slice(0, most).map((column) => row(column, paint));
  const rest = columns.length - rows.length;
  const together =
    domainAuc === null
      ? ''
      : `; by all features together a classifier tells the two apart with AUC ${domainAuc.toFixed(3)}`;
  const scope = `holdout against training, at most ${countOrDash(sampledRows)} rows of each${together}`;
  const more = rest === 0 ? '' : `and ${countOrDash(rest)} more features (--json has all); `;
  return `${renderTable(titles, rows, paint)}\n${paint('dim', `${more}${scope}`)}`;
}

function row(column: ColumnShift, paint: Paint): string[] {
  const { psi, ks, auc, reference, newCategories, newCategoryShare, vanishedCategories, vanishedCategoryShare } =
    column;
  return [
    column.column,
    number(psi),
    number(ks),
    number(auc),
    reference.auc === null ? '' : `AUC ${number(reference.auc)}`,
    categories(newCategories, newCategoryShare),
    categories(vanishedCategories, vanishedCategoryShare),
    column.alarm ? paint('yellow', 'shifted') : '',
  ];
}

const number = (value: number | null) => (value === null ? '' : value.toFixed(3));

function categories(count: number | null, share: number | null): string {
  if (count === null || count === 0) return '';
  return `${countOrDash(count)}${share === null ? '' : ` (${percent(Number(share.toPrecision(2)))} of the rows)`}`;
}
