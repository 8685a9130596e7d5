import type { Definition } from '../schemas/definition.ts';
import { ReignError } from '../schemas/errors.ts';
import type { Manifest } from '../schemas/snapshot.ts';

/** What the last cycle saw, for comparison. */
export interface Inspected {
  readonly train: Manifest;
  readonly holdout: Manifest;
}

// Changes from one cycle to the next that a person should hear of.
const rowsChange = 0.5;
const nullShareRise = 0.2;

/**
 * Looks at what was extracted before anything is fitted.
 *
 * @returns warnings, for the ledger's events
 * @throws ReignError WindowEmpty, LabelMissing, ClassUnknown or OneClass where no model can be fitted or judged
 */
export function inspect(definition: Definition, { train, holdout }: Inspected, last: Inspected | null): string[] {
  for (const [purpose, manifest] of [
    ['train', train],
    ['holdout', holdout],
  ] as const)
    refuse(definition, purpose, manifest);
  if (last === null) return [];
  return [...compare('train', train, last.train), ...compare('holdout', holdout, last.holdout)];
}

function refuse({ model, source, task, label }: Definition, purpose: string, manifest: Manifest): void {
  const { window, rows, unlabelledRows, unknownClassRows, classes } = manifest;
  const where = `${model}: the ${purpose} window ${window.from} to ${window.to}`;
  if (rows === 0) throw new ReignError('WindowEmpty', `${where} has no rows`);
  if (unlabelledRows === rows)
    throw new ReignError('LabelMissing', `${where} has ${rows} rows, and ${source.label} is NULL in all of them`);
  if (unknownClassRows > 0) {
    const known = (label?.classes ?? []).map(String).join(', ');
    throw new ReignError(
      'ClassUnknown',
      `${where} has ${unknownClassRows} rows whose ${source.label} is none of the classes ${known}`,
    );
  }
  if (task === 'regression' || classes === null) return;
  const seen = classes.filter((count) => count.rows > 0);
  if (seen.length < 2) {
    throw new ReignError(
      'OneClass',
      `${where} holds only the class ${String(seen[0]?.class)} of ${source.label}, in ${rows} rows`,
    );
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
