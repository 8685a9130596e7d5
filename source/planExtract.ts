import { createHash } from 'node:crypto';
import type { Column } from '../schemas/columns.ts';
import type { Definition } from '../schemas/definition.ts';
import { after, before } from '../schemas/durations.ts';
import type { PlannedQuery } from '../schemas/payloads.ts';
import type { Window } from '../schemas/primitives.ts';
import { reignColumns } from '../schemas/snapshot.ts';
import { checkColumns, type SourceColumns } from './checkColumns.ts';
import type { DescribedColumn } from './describeQuery.ts';
import { selectText } from './selectText.ts';
import { identifier, textLiteral, timestampLiteral, timestamptzLiteral } from './sqlText.ts';

export interface ExtractPlanInput {
  readonly definition: Definition;
  /** What the definition's query returns now. */
  readonly described: readonly DescribedColumn[];
  readonly purpose: PlannedQuery['purpose'];
  readonly window: Window;
  readonly asOf: string;
}

/**
 * One query over one window, ready to be run: the author's query with window, versions, types and order around it.
 *
 * @throws ReignError where the query no longer returns what the definition declares
 */
export function planExtract({ definition, described, purpose, window, asOf }: ExtractPlanInput): PlannedQuery {
  const { source } = definition;
  const query = selectText(source.query);
  const columns = checkColumns(definition, described);
  const rows = columns.knownAt === null ? rowsOf(query) : latestVersions(query, definition, columns, window, asOf);
  const conditions = columns.knownAt === null ? within(eventOf(definition, columns), window) : [rows.chosen];
  const sql = [
    'select',
    [
      `  ${rowIdValue(columns.rowId)} as ${reignColumns.rowId}`,
      `  ${eventOf(definition, columns).instant} as ${reignColumns.eventTime}`,
      ...columns.planned.map((column) => `  ${value(column)} as ${identifier(column.name)}`),
    ].join(',\n'),
    `from ${rows.from} as source`,
    `where ${conditions.join('\n  and ')}`,
    `order by ${reignColumns.rowId}`,
  ].join('\n');
  return {
    purpose,
    window,
    sql,
    queryHash: queryHash(query, definition, columns),
    columns: [...columns.planned],
    rowIdType: columns.rowId.sourceType,
    label: source.label,
    classes: definition.label?.classes ?? null,
    settings: { 'reign.as_of': asOf, 'reign.from': window.from, 'reign.to': window.to },
  };
}

interface Rows {
  /** What stands after FROM. */
  readonly from: string;
  /** Which of its rows belong to the extract, where it is more than their window. */
  readonly chosen: string;
}

/** The closing parenthesis stands on a line of its own: the query may end in a comment. */
const rowsOf = (query: string): Rows => ({ from: `(\n${query}\n)`, chosen: 'true' });

/**
 * The latest version of each row id known before asOf, where that version lies in the window. Only row ids that have
 * any version in the window are sorted. What the extract must refuse comes out too: rows without row id, and versions
 * that share row id and time, so that it meets the row id twice.
 */
function latestVersions(
  query: string,
  definition: Definition,
  columns: SourceColumns,
  window: Window,
  asOf: string,
): Rows {
  const { knownAt } = columns;
  if (knownAt === null) return rowsOf(query);
  const known = knownBefore(knownAt, definition.source.timeZone, asOf).join(' and ');
  const rowId = column(columns.rowId.name);
  const inWindow = within(eventOf(definition, columns), window).join(' and ');
  const from = `(
  select source.*,
    rank() over version as reign_rank,
    count(*) over version as reign_peers,
    bool_or(${inWindow}) over version as reign_in_window
  from (\n${query}\n) as source
  where ${known}
    and ${rowId} in (
      select ${rowId} from (\n${query}\n) as source where ${known} and ${inWindow}
    )
  window version as (
    partition by ${rowId} order by ${column(knownAt.name)} desc range between current row and current row
  )
  union all
  select source.*, 1, 1, true
  from (\n${query}\n) as source
  where ${rowId} is null and ${known} and ${inWindow}
)`;
  return {
    from,
    chosen: '((source.reign_rank = 1 and source.reign_in_window) or source.reign_peers > 1)',
  };
}

interface EventTime {
  /** The event time as an instant: `timestamptz`, or a `timestamp` that is in UTC. Of a date, the last microsecond of its day. */
  readonly instant: string;
  readonly column: Column;
  readonly timeZone: string;
}

function eventOf({ source: { timeZone } }: Definition, { eventTime }: SourceColumns): EventTime {
  const { instant } = instantOf(eventTime, timeZone);
  if (eventTime.sourceType !== 'date') return { column: eventTime, timeZone, instant };
  return { column: eventTime, timeZone, instant: `(${dayIsOver(eventTime, timeZone)} - interval '1 microsecond')` };
}

function instantOf(time: Column, timeZone: string): { instant: string; zoned: boolean } {
  if (time.sourceType === 'timestamptz' || isUtc(timeZone)) return { instant: column(time.name), zoned: false };
  return { instant: `(${column(time.name)}::timestamp at time zone ${textLiteral(timeZone)})`, zoned: true };
}

/** Conditions that an index on the column serves, exact in every zone. */
function within({ column: time, timeZone, instant }: EventTime, { from, to }: Window): string[] {
  const raw = column(time.name);
  if (time.sourceType === 'timestamptz')
    return [`${raw} >= ${timestamptzLiteral(from)}`, `${raw} < ${timestamptzLiteral(to)}`];
  if (time.sourceType === 'date') return daysWithin(time, timeZone, { from, to });
  if (isUtc(timeZone)) return [`${raw} >= ${timestampLiteral(from)}`, `${raw} < ${timestampLiteral(to)}`];
  // No zone is a day away from UTC: the plain column narrows the scan, the instant decides.
  return [
    `${raw} >= ${timestampLiteral(before(from, ['P1D']))}`,
    `${raw} < ${timestampLiteral(after(to, 'P1D'))}`,
    `${instant} >= ${timestamptzLiteral(from)}`,
    `${instant} < ${timestamptzLiteral(to)}`,
  ];
}

/** Days whose last moment lies in the window: what happened on a day is known to have happened when the day is over. */
function daysWithin(time: Column, timeZone: string, { from, to }: Window): string[] {
  const raw = column(time.name);
  if (isUtc(timeZone))
    return [
      `${raw} > ${timestampLiteral(before(from, ['P1D']))}`,
      `${raw} <= ${timestampLiteral(before(to, ['P1D']))}`,
    ];
  const over = dayIsOver(time, timeZone);
  return [
    `${raw} >= ${timestampLiteral(before(from, ['P2D']))}`,
    `${raw} < ${timestampLiteral(after(to, 'P1D'))}`,
    `${over} > ${timestamptzLiteral(from)}`,
    `${over} <= ${timestamptzLiteral(to)}`,
  ];
}

/** The first moment after the day that a date names: `timestamp` in UTC, `timestamptz` in another zone. */
function dayIsOver(time: Column, timeZone: string): string {
  const next = `(${column(time.name)} + 1)::timestamp`;
  return isUtc(timeZone) ? next : `(${next} at time zone ${textLiteral(timeZone)})`;
}

/** A date counts as known when its day is over. */
function knownBefore(time: Column, timeZone: string, asOf: string): string[] {
  const raw = column(time.name);
  if (time.sourceType === 'timestamptz') return [`${raw} < ${timestamptzLiteral(asOf)}`];
  const { instant, zoned } = instantOf(time, timeZone);
  const coarse = `${raw} < ${timestampLiteral(after(asOf, 'P1D'))}`;
  if (time.sourceType === 'date') {
    if (!zoned) return [`${raw} <= ${timestampLiteral(before(asOf, ['P1D']))}`];
    return [coarse, `${dayIsOver(time, timeZone)} <= ${timestamptzLiteral(asOf)}`];
  }
  return zoned ? [coarse, `${instant} < ${timestamptzLiteral(asOf)}`] : [`${raw} < ${timestampLiteral(asOf)}`];
}

const column = (name: string): string => `source.${identifier(name)}`;

/** Integers by their number, texts by their bytes: an order that no collation changes. */
function rowIdValue({ name, kind }: Column): string {
  return kind === 'text' ? `${column(name)}::text collate "C"` : column(name);
}

/**
 * Types that the binary protocol carries as they are stay so and become float64 on the way into the snapshot, which
 * sees every digit. Only numeric is turned here; beyond 2^53 it becomes infinite, which the extract refuses.
 */
function value({ name, kind, sourceType }: Column): string {
  if (kind === 'text') return `${column(name)}::text`;
  if (sourceType !== 'numeric') return column(name);
  const beyond = `abs(${column(name)}) > 9007199254740992 and ${column(name)} <> 'NaN'`;
  return `case when ${beyond} then 'Infinity'::float8 else ${column(name)}::float8 end`;
}

function isUtc(timeZone: string): boolean {
  return ['utc', 'etc/utc', 'etc/uct', 'uct', 'zulu', 'etc/zulu', 'etc/universal', 'universal'].includes(
    timeZone.toLowerCase(),
  );
}

/** Says which data an extract asks for, whatever its bounds. */
function queryHash(query: string, { source, label }: Definition, columns: SourceColumns): string {
  const document = {
    // In format 1 the event time of a date was the beginning of its day.
    format: columns.eventTime.sourceType === 'date' ? 2 : 1,
    query,
    rowId: columns.rowId,
    eventTime: columns.eventTime,
    timeZone: source.timeZone,
    knownAt: columns.knownAt,
    label: source.label,
    classes: label?.classes ?? null,
    columns: columns.planned,
  };
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}
