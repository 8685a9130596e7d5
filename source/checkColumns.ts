import type { Column, ColumnKind } from '../schemas/columns.ts';
import type { Definition } from '../schemas/definition.ts';
import { errorOf, type ReignError } from '../schemas/errors.ts';
import { type FieldPath, formatPath } from '../schemas/fieldPath.ts';
import { nearest } from '../schemas/nearest.ts';
import { castAdvice } from './columnTypes.ts';
import type { DescribedColumn } from './describeQuery.ts';
import { queryInvalid } from './sourceError.ts';
import { identifier } from './sqlText.ts';

/** The columns of a definition, each in its role, with the types that the query gives them. */
export interface SourceColumns {
  readonly rowId: Column;
  readonly eventTime: Column;
  readonly knownAt: Column | null;
  readonly label: Column;
  /** What a snapshot holds besides Reign's own two columns, in this order: features, label, weight, entity, cluster, carry, selection. */
  readonly planned: readonly Column[];
}

/**
 * Checks that the query returns what the definition declares, in types that fit their roles.
 *
 * @throws ReignError ColumnMissing, ColumnTypeUnsupported or DefinitionInvalid, with the field of the definition
 */
export function checkColumns(definition: Definition, described: readonly DescribedColumn[]): SourceColumns {
  const { source } = definition;
  const find = (name: string, ...path: (string | number)[]) => columnOf(described, name, ['source', ...path]);
  const rowId = ofRole(find(source.rowId, 'rowId'), ['source', 'rowId'], isRowId, rowIdExpectation);
  const eventTime = ofRole(find(source.eventTime, 'eventTime'), ['source', 'eventTime'], isTime, timeExpectation);
  const knownAt =
    source.knownAt === undefined
      ? null
      : ofRole(find(source.knownAt, 'knownAt'), ['source', 'knownAt'], isTime, timeExpectation);
  const label = find(source.label, 'label');
  checkLabel(definition, label);
  const planned = [...source.features.map((name, at) => find(name, 'features', at)), label];
  if (source.weight !== undefined) {
    const isWeight = ({ kind, sourceType }: Column) => kind === 'number' && sourceType !== 'boolean';
    planned.push(ofRole(find(source.weight, 'weight'), ['source', 'weight'], isWeight, 'a number'));
  }
  if (source.entity !== undefined) planned.push(find(source.entity, 'entity'));
  if (Array.isArray(source.cluster))
    planned.push(
      ...source.cluster.map((name, at) => find(name, 'cluster', ...(source.cluster.length > 1 ? [at] : []))),
    );
  planned.push(...source.carry.map((name, at) => find(name, 'carry', at)), ...selectionColumns(source, find));
  refuseReserved(described);
  const names = planned.map(({ name }) => name);
  return { rowId, eventTime, knownAt, label, planned: planned.filter(({ name }, at) => names.indexOf(name) === at) };
}

function selectionColumns(
  { selection }: Definition['source'],
  find: (name: string, ...path: (string | number)[]) => Column,
): Column[] {
  if (selection === undefined) return [];
  const { decision, decidedBy, probability } = selection;
  const column = (role: string, name: string, fits: (column: Column) => boolean, expected: string) =>
    ofRole(find(name, 'selection', role), ['source', 'selection', role], fits, expected);
  return [
    column('decision', decision, ({ sourceType }) => sourceType === 'boolean', 'a boolean'),
    ...(decidedBy === undefined ? [] : [find(decidedBy, 'selection', 'decidedBy')]),
    ...(probability === undefined
      ? []
      : [
          column(
            'probability',
            probability,
            ({ kind, sourceType }) => kind === 'number' && sourceType !== 'boolean',
            'a number',
          ),
        ]),
  ];
}

function columnOf(described: readonly DescribedColumn[], name: string, path: readonly (string | number)[]): Column {
  const found = described.find((one) => one.name === name);
  if (found === undefined) {
    const names = described.map((one) => one.name);
    const near = nearest(name, names);
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    throw errorOf(
      'ColumnMissing',
      'notReturned',
      { field: formatPath(path), column: name, meant, columns: names.join(', ') },
      at(path),
    );
  }
  if (found.column === null) {
    const cast = castAdvice(found.postgresType, quotedIfNeeded(name));
    throw errorOf(
      'ColumnTypeUnsupported',
      'cast',
      { field: formatPath(path), column: name, type: found.postgresType, cast },
      at(path),
    );
  }
  return found.column;
}

const isTime = ({ kind }: Column) => kind === 'time';
const timeExpectation = 'a timestamptz, timestamp or date';
const isRowId = ({ kind, sourceType }: Column) => kind === 'text' || sourceType === 'integer';
const rowIdExpectation = 'an integer or a string (uuid and enum count as strings)';

function ofRole(
  column: Column,
  path: readonly (string | number)[],
  fits: (column: Column) => boolean,
  expected: string,
): Column {
  if (!fits(column)) throw unfit(column, path, expected);
  return column;
}

function unfit(column: Column, path: readonly (string | number)[], expected: string): ReignError {
  return errorOf(
    'ColumnTypeUnsupported',
    'unfit',
    { field: formatPath(path), column: column.name, type: column.postgresType, expected },
    at(path),
  );
}

/** The field of the definition that an error is about. */
const at = (path: FieldPath) => ({ place: { field: [...path] } });

/** A regression's label is a number; classes are of the label's own kind, since 'yes' never equals 1. */
function checkLabel({ label }: Definition, column: Column): void {
  const path = ['source', 'label'];
  if (label === undefined) {
    ofRole(column, path, numberOf(['integer', 'float', 'numeric']), 'a number, because the task is regression');
    return;
  }
  const [first] = label.classes;
  if (typeof first === 'string') {
    ofRole(column, path, ofKind('text'), 'a string, because label.classes are strings');
  } else if (typeof first === 'boolean') {
    ofRole(column, path, numberOf(['boolean']), 'a boolean, because label.classes are booleans');
  } else {
    ofRole(column, path, ofKind('number'), 'a number, because label.classes are numbers');
    if (column.sourceType === 'boolean' && label.classes.some((value) => value !== 0 && value !== 1))
      throw unfit(column, path, `a number, because label.classes are ${label.classes.join(', ')}`);
  }
}

const ofKind = (kind: ColumnKind) => (column: Column) => column.kind === kind;
const numberOf = (types: readonly Column['sourceType'][]) => (column: Column) => types.includes(column.sourceType);

function refuseReserved(described: readonly DescribedColumn[]): void {
  const reserved = described.find(({ name }) => name.startsWith('reign_'));
  if (reserved !== undefined) {
    throw queryInvalid('reserved', { column: reserved.name });
  }
}

const quotedIfNeeded = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : identifier(name));
