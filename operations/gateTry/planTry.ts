import { z } from 'zod';
import { problemLine, problemsOf } from '../../definition/problems.ts';
import { alphaFor } from '../../gate/errorBudget.ts';
import type { Charge } from '../../schemas/charge.ts';
import { type ClassLabel, Definition } from '../../schemas/definition.ts';
import { errorOf } from '../../schemas/errors.ts';
import type { Gate } from '../../schemas/gate.ts';
import { type Metric, primaryMetricOf, type Task, tasks } from '../../schemas/metrics.ts';
import { nearest } from '../../schemas/nearest.ts';
import type { GivenPolicy } from './parsePolicy.ts';

/** What the trainer says about a file of predictions. */
export const DescribedFile = z.object({
  rows: z.int(),
  columns: z.array(
    z.object({ name: z.string(), kind: z.enum(['number', 'text', 'time', 'other']), boolean: z.boolean() }),
  ),
  /** Null where the file has no such column; `distinct` is null where it takes too many values for classes. */
  label: z.object({ distinct: z.array(z.union([z.string(), z.number()])).nullable(), missing: z.int() }).nullable(),
});
export type DescribedFile = z.infer<typeof DescribedFile>;

/** What was asked; names of columns where they are not the usual ones. */
export const TryOptions = z.strictObject({
  label: z.string().optional(),
  challenger: z.string().optional(),
  champion: z.string().optional(),
  /** One column, two, or `none`. */
  cluster: z.array(z.string()).readonly().optional(),
  eventTime: z.string().optional(),
  weight: z.string().optional(),
  positive: z.string().optional(),
  task: z.enum(tasks).optional(),
});
export type TryOptions = Readonly<z.infer<typeof TryOptions>>;

/** What the trainer is to measure. */
export interface PlannedTry {
  readonly file: string;
  readonly definition: Definition;
  readonly primary: Metric;
  readonly challenger: readonly string[];
  readonly champion: readonly string[] | null;
  readonly hasEventTime: boolean;
  readonly charge: Charge;
}

/** A budget is shared out among the cycles of a year: without a definition, as if there were one a week. */
const weekly = { cron: '0 0 * * MON', timeZone: 'UTC' };

/** The column that holds the label: by option, by the definition, or `label`. */
export const labelColumn = (options: TryOptions, { definition }: GivenPolicy): string =>
  options.label ?? definition?.source.label ?? 'label';

/**
 * From a policy, what a file holds and what was asked: what exactly is judged. Pure.
 *
 * @throws ReignError UsageInvalid, naming the column that is missing and those that are there, or the choice to be made
 */
export function planTry(file: string, given: GivenPolicy, described: DescribedFile, options: TryOptions): PlannedTry {
  const columns = new Columns(file, described);
  const label = columns.named(labelColumn(options, given), '--label');
  const classes = classesOf(file, label, given, described, options);
  const task = given.definition?.task ?? options.task ?? taskOf(file, label, described, columns, options);
  if (task === 'regression') mustBeNumbers(file, label, described);
  const eventTime = timeColumn(columns, given, options);
  const challenger = scoreColumns(columns, options.challenger ?? 'challenger', task, classes, '--challenger');
  const champion =
    options.champion === 'none'
      ? null
      : scoreColumns(columns, options.champion ?? 'champion', task, classes, '--champion');
  const selection = given.definition?.source.selection;
  const kept = keptColumns(given.gate, selection).filter(
    (name) => ![...challenger, ...(champion ?? [])].includes(name),
  );
  columns.holdAll(kept);
  const definition = checked(file, {
    model: given.definition?.model ?? 'gate-try',
    task,
    source: {
      query: 'select',
      rowId: 'row',
      eventTime: eventTime ?? 'event_time',
      label,
      labels: given.definition?.source.labels ?? 'complete',
      features: [...challenger],
      cluster: clusterOf(file, columns, eventTime, given, options),
      weight: weightColumn(columns, given, options),
      carry: kept,
      selection,
    },
    label: labelOf(file, label, task, classes, given, options),
    windows: { horizon: 'PT0S', lag: 'PT0S', train: 'P1D', holdout: 'P1D' },
    pipeline: { entrypoint: 'none.py:none' },
    gate: given.gate,
    schedule: given.definition?.schedule ?? weekly,
  });
  return {
    file,
    definition,
    primary: primaryMetricOf({ gate: given.gate, task }),
    challenger,
    champion,
    hasEventTime: eventTime !== undefined,
    charge: { alpha: alphaFor(given.gate.error, given.definition?.schedule ?? weekly), account: 'none' },
  };
}

/** The columns of the file, asked for by name. */
class Columns {
  readonly names: readonly string[];
  readonly #file: string;

  constructor(file: string, described: DescribedFile) {
    this.#file = file;
    this.names = described.columns.map(({ name }) => name);
  }

  has = (name: string): boolean => this.names.includes(name);

  named(name: string, option: string): string {
    if (this.has(name)) return name;
    const meant = nearest(name, this.names);
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    throw errorOf('UsageInvalid', 'noColumnNamed', {
      file: this.#file,
      column: JSON.stringify(name),
      hint,
      option,
      columns: this.told,
    });
  }

  /** Those that a policy names: slices, amounts, how rows were selected. */
  holdAll(names: readonly string[]): void {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length > 0)
      throw errorOf('UsageInvalid', 'policyColumns', {
        file: this.#file,
        missing: missing.join(', '),
        columns: this.told,
      });
  }

  get told(): string {
    const shown = this.names.slice(0, 20).join(', ');
    return this.names.length <= 20 ? shown : `${shown} and ${this.names.length - 20} more`;
  }
}

/** Values of the label in the order of the classes; null where they are no classes. */
function classesOf(
  file: string,
  label: string,
  { definition }: GivenPolicy,
  described: DescribedFile,
  { task }: TryOptions,
): readonly ClassLabel[] | null {
  if (definition !== null) return definition.label?.classes ?? null;
  const distinct = described.label?.distinct ?? null;
  if (task === 'regression' || distinct === null) return null;
  if (distinct.length === 0) throw errorOf('UsageInvalid', 'columnEmpty', { file, column: label });
  return isBoolean(described, label) && distinct.length === 2 ? [false, true] : distinct;
}

const isBoolean = ({ columns }: DescribedFile, name: string) =>
  columns.some((column) => column.name === name && column.boolean);

/** Two values are two classes, texts are classes, and so are numbers where there is a score for each. */
function taskOf(
  file: string,
  label: string,
  described: DescribedFile,
  columns: Columns,
  { challenger = 'challenger' }: TryOptions,
): Task {
  const kind = described.columns.find(({ name }) => name === label)?.kind;
  const distinct = described.label?.distinct ?? null;
  if (distinct?.length === 1) throw errorOf('UsageInvalid', 'oneValue', { file, column: label });
  if (distinct?.length === 2) return 'binary';
  if (kind === 'text') {
    if (distinct !== null) return 'multiclass';
    throw errorOf('UsageInvalid', 'manyTexts', { file, column: label });
  }
  if (distinct !== null && !columns.has(challenger) && columns.names.some((name) => name.startsWith(`${challenger}_`)))
    return 'multiclass';
  return 'regression';
}

function mustBeNumbers(file: string, label: string, { columns }: DescribedFile): void {
  const kind = columns.find(({ name }) => name === label)?.kind;
  if (kind === 'number') return;
  const found = { text: 'strings', time: 'times', other: 'values of another type', none: 'nothing' }[kind ?? 'none'];
  throw errorOf('UsageInvalid', 'notNumbers', { file, column: label, found });
}

function scoreColumns(
  columns: Columns,
  name: string,
  task: Task,
  classes: readonly ClassLabel[] | null,
  option: string,
): readonly string[] {
  if (task !== 'multiclass') return [columns.named(name, option)];
  const each = (classes ?? []).map((value, at) => [`${name}_${String(value)}`, `${name}_${at}`]);
  const found = each.map((choices) => choices.find(columns.has));
  const missing = each[found.indexOf(undefined)];
  if (missing === undefined) return found.filter((column) => column !== undefined);
  throw errorOf('UsageInvalid', 'noScores', { missing: missing.join(' or '), columns: columns.told });
}

function timeColumn(columns: Columns, { definition }: GivenPolicy, { eventTime }: TryOptions): string | undefined {
  if (eventTime !== undefined) return columns.named(eventTime, '--event-time');
  return [definition?.source.eventTime, 'event_time'].find((name) => name !== undefined && columns.has(name));
}

function weightColumn(columns: Columns, { definition }: GivenPolicy, { weight }: TryOptions): string | undefined {
  const name = weight ?? definition?.source.weight;
  return name === undefined ? undefined : columns.named(name, '--weight');
}

/** Rows that are not independent, taken for independent, make a gate that is wrong most of the time: so that is said. */
function clusterOf(
  file: string,
  columns: Columns,
  eventTime: string | undefined,
  { definition }: GivenPolicy,
  { cluster }: TryOptions,
): 'day' | 'none' | string[] {
  const asked = cluster ?? definition?.source.cluster ?? 'day';
  // In a definition a list names columns; on the command line `day` and `none` are words.
  const only = typeof asked === 'string' ? asked : cluster?.length === 1 ? cluster[0] : undefined;
  if (only === 'none') return 'none';
  const meansColumn = cluster !== undefined && columns.has('day') && eventTime === undefined;
  if (only === 'day' && !meansColumn) {
    // What `day` means may not depend on which columns a file happens to have.
    if (cluster !== undefined && columns.has('day')) throw errorOf('UsageInvalid', 'dayTwice', { file });
    if (eventTime !== undefined) return 'day';
    throw errorOf('UsageInvalid', 'noEventTime', { file, columns: columns.told });
  }
  const names: readonly string[] = typeof asked === 'string' ? [asked] : asked;
  return names.map((name) => columns.named(name, '--cluster'));
}

function labelOf(
  file: string,
  label: string,
  task: Task,
  classes: readonly ClassLabel[] | null,
  { definition }: GivenPolicy,
  { positive }: TryOptions,
) {
  if (task === 'regression') return undefined;
  if (classes === null) throw errorOf('UsageInvalid', 'manyValues', { file, column: label });
  if (task === 'multiclass') return { classes };
  if (classes.length !== 2)
    throw errorOf('UsageInvalid', 'notTwoValues', { file, column: label, values: classes.length });
  const named =
    positive === undefined ? definition?.label?.positive : classes.find((each) => String(each) === positive);
  if (positive !== undefined && named === undefined)
    throw errorOf('UsageInvalid', 'positiveUnseen', {
      file,
      column: label,
      positive: JSON.stringify(positive),
      classes: classes.map(String).join(', '),
    });
  if (named === undefined && classes.some((each) => typeof each === 'string'))
    throw errorOf('UsageInvalid', 'positiveUnsaid', { file, classes: classes.map(String).join(', ') });
  return named === undefined ? { classes } : { classes, positive: named };
}

/** Columns that slices, costs and selection need, besides label and scores. */
function keptColumns({ slices, search, cost }: Gate, selection: Definition['source']['selection']): string[] {
  const amounts = Object.values(cost ?? {}).filter((amount) => typeof amount === 'string');
  const chosen = Object.values(selection ?? {}).filter((name) => name !== undefined);
  return [...new Set([...slices.map(({ column }) => column), ...(search?.columns ?? []), ...amounts, ...chosen])];
}

/** What fits each field alone but not together (a metric of another task) is refused as `reign apply` does. */
function checked(file: string, definition: unknown): Definition {
  const plain: unknown = JSON.parse(JSON.stringify(definition));
  const result = Definition.safeParse(plain);
  if (result.success) return result.data;
  const lines = problemsOf(result.error.issues, plain).map(problemLine);
  throw errorOf('UsageInvalid', 'policyUnfit', { file, problems: lines.join('\n') });
}
