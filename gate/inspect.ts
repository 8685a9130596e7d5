import type { Definition } from '../schemas/definition.ts';
import { errorOf } from '../schemas/errors.ts';
import type { Window } from '../schemas/primitives.ts';
import type { Manifest } from '../schemas/snapshot.ts';
import { beginsBefore } from './windows.ts';

/** What the last cycle saw, for comparison. */
export interface Inspected {
  readonly train: Manifest;
  readonly holdout: Manifest;
}

// Changes from one cycle to the next that are worth a warning.
const rowsChange = 0.5;
const nullShareRise = 0.2;

/**
 * Looks at what was extracted before anything is fitted.
 *
 * @param windows of this cycle; the same rows may have been extracted before, for other windows
 * @returns warnings, for the ledger's events
 * @throws ReignError WindowEmpty, LabelMissing, ClassUnknown or OneClass where no model can be fitted or judged
 */
export function inspect(
  definition: Definition,
  windows: { readonly train: Window; readonly holdout: Window },
  { train, holdout }: Inspected,
  last: Inspected | null,
): string[] {
  refuse(definition, 'train', windows.train, train);
  refuse(definition, 'holdout', windows.holdout, holdout);
  return [
    ...startsBeforeData(windows.train, train),
    ...emptyFeatures(definition, train),
    ...(last === null ? [] : [...compare('train', train, last.train), ...compare('holdout', holdout, last.holdout)]),
  ];
}

/** If a window begins long before its first row, there is less data than was meant. */
function* startsBeforeData({ from, to }: Window, { events }: Manifest): Generator<string> {
  const first = events?.first;
  if (first === undefined || !beginsBefore({ from, to }, first)) return;
  yield `train: the window begins on ${from.slice(0, 10)}, its first row is of ${first.slice(0, 10)}`;
}

function* emptyFeatures({ source }: Definition, { statistics, rows }: Manifest): Generator<string> {
  const empty = statistics.filter(({ name, nulls }) => nulls === rows && source.features.includes(name));
  for (const { name } of empty) yield `train: ${name} is NULL in every row`;
}

function refuse({ model, source, task, label }: Definition, purpose: string, window: Window, manifest: Manifest): void {
  const { rows, unlabelledRows, unknownClassRows, classes } = manifest;
  const where = `${model}: the ${purpose} window ${window.from} to ${window.to}`;
  if (rows === 0) throw errorOf('WindowEmpty', 'noRows', { window: where });
  if (unlabelledRows === rows) throw errorOf('LabelMissing', 'allNull', { window: where, rows, label: source.label });
  if (unknownClassRows > 0) {
    const known = (label?.classes ?? []).map(String).join(', ');
    throw errorOf('ClassUnknown', 'otherClasses', {
      window: where,
      rows: unknownClassRows,
      label: source.label,
      classes: known,
    });
  }
  if (task === 'regression' || classes === null) return;
  const seen = classes.filter((count) => count.rows > 0);
  if (seen.length < 2) {
    throw errorOf('OneClass', 'one', { window: where, class: String(seen[0]?.class), label: source.label, rows });
  }
}

function* compare(purpose: string, now: Manifest, last: Manifest): Generator<string> {
  const ratio = now.rows / Math.max(1, last.rows);
  if (Math.abs(ratio - 1) > rowsChange) yield `${purpose}: ${now.rows} rows, ${last.rows} in the last cycle`;
  const before = new Map(last.columns.map((column) => [column.name, column.postgresType]));
  for (const column of now.columns) {
    const type = before.get(column.name);
    if (type !== undefined && type !== column.postgresType)
      yield `${purpose}: ${column.name} is ${column.postgresType}, was ${type} in the last cycle`;
  }
  const nullsBefore = new Map(last.statistics.map(({ name, nulls }) => [name, nulls / Math.max(1, last.rows)]));
  for (const { name, nulls } of now.statistics) {
    const share = nulls / Math.max(1, now.rows);
    const was = nullsBefore.get(name);
    if (was !== undefined && share - was > nullShareRise) {
      yield `${purpose}: ${name} is NULL in ${Math.round(share * 100)} % of the rows, ${Math.round(was * 100)} % in the last cycle`;
    }
  }
}
