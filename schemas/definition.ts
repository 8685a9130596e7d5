import { z } from 'zod';
import { isBetween, isDuration } from './durations.ts';
import { Gate } from './gate.ts';
import { type Contradiction, gateContradictions, isEmpty } from './gateContradictions.ts';
import { inventoryFields } from './inventory.ts';
import { tasks } from './metrics.ts';
import { NotificationRule } from './notifications.ts';
import { Schedule } from './schedule.ts';
import { scheduleContradictions } from './scheduleContradictions.ts';

export { Gate };

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, '1 to 63 of a-z, 0-9 and -, starting with a letter');

/** What a cycle is about to use counts as new for two days. Postgres knows no time some thousand years ago. */
const retentions = ['P2D', 'P100Y'] as const;

const columnName = z.string().min(1).max(63);

const duration = z.string().refine(isDuration, {
  error: 'an ISO 8601 duration such as P4W, P1D or PT6H (no months or years in fractions, not negative)',
});

/** One value of the label, as the query gives it. */
const ClassLabel = z.union([z.string(), z.number(), z.boolean()]);
export type ClassLabel = z.infer<typeof ClassLabel>;

export const SelectionColumns = z
  .strictObject({
    decision: columnName.describe('Column that is true for rows that were accepted: only those ever show a label.'),
    decidedBy: columnName
      .optional()
      .describe('Column that names the version (or the rule) that decided about the row.'),
    probability: columnName
      .optional()
      .describe(
        'Column with the probability, from 0 to 1, with which the row was to be accepted, known when it was decided. Needed for any verdict beyond review.',
      ),
  })
  .meta({ id: 'SelectionColumns' });

export const Source = z
  .strictObject({
    connection: name
      .default('warehouse')
      .describe('Which Postgres, by name: the URL comes from REIGN_CONNECTION_<NAME>, never from here.'),
    query: z
      .string()
      .min(1)
      .describe(
        "One SELECT. Reign wraps it: windows, order and types are added around it. Inside, current_setting('reign.as_of'), 'reign.from' and 'reign.to' are the bounds, for window functions and sub-queries that must not see the future.",
      ),
    rowId: columnName.describe('Column that names a row for ever. No duplicates, no NULLs.'),
    eventTime: columnName.describe('Column with the time of the event; decides the window a row belongs to.'),
    timeZone: z.string().default('UTC').describe('IANA zone of the event time where its type has none.'),
    knownAt: columnName
      .optional()
      .describe(
        'Column with the time at which this version of the row became known. Makes the source append-only: the latest version before asOf is used.',
      ),
    label: columnName.describe('Column with what is to be predicted.'),
    labels: z
      .enum(['complete', 'selected'])
      .describe(
        'Whether every row shows its label in the end, or only rows that an earlier decision selected (accepted applicants).',
      ),
    features: z.array(columnName).min(1).describe('Columns the pipeline sees, in this order.'),
    entity: columnName.optional().describe('Column that names whom the row is about.'),
    cluster: z
      .preprocess(
        (given) => (typeof given === 'string' && given !== 'day' && given !== 'none' ? [given] : given),
        z.union([z.literal('day'), z.literal('none'), z.array(columnName).min(1).max(2)]),
      )
      .default('day')
      .describe(
        'Which rows are not independent of each other: day: those of one UTC day of the event time; a column, or a list of one or two: those of one value; none: all are independent.',
      ),
    weight: columnName.optional().describe('Column with importance weights, not negative.'),
    carry: z.array(columnName).default([]).describe('Columns kept for slices and amounts; never features.'),
    selection: SelectionColumns.optional().describe('labels: selected: what decided whose label shows.'),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof Source>;

export const Label = z
  .strictObject({
    classes: z
      .array(ClassLabel)
      .min(2)
      .max(200)
      .describe('Every value of the label, in the order of the probabilities.'),
    positive: ClassLabel.optional().describe(
      'Binary: which class the score is for. Must be given where the classes are texts; default: the second class.',
    ),
  })
  .meta({ id: 'Label' });
export type Label = z.infer<typeof Label>;

export const Windows = z
  .strictObject({
    horizon: duration.describe('H: how long after the event until the label can be known.'),
    lag: duration.describe('L: how long until it is in the database.'),
    train: duration.describe('Length of the training window.'),
    holdout: duration.describe('Length of the holdout.'),
    // Without a default: a definition that an earlier release stored reads as it was stored.
    timeZone: z
      .string()
      .optional()
      .describe('IANA zone whose calendar the months and days of these lengths follow. Default: UTC.'),
  })
  .meta({ id: 'Windows' });
export type Windows = z.infer<typeof Windows>;

/** A class with its parameters: a name from scikit-learn, or a dotted path into a package on the trainer's allow-list. */
export const Step = z
  .strictObject({
    class: z
      .string()
      .regex(
        /^[A-Za-z_][\w.]*$/,
        'a class name such as StandardScaler, or a dotted path such as lightgbm.LGBMClassifier',
      ),
    parameters: z.record(z.string(), z.unknown()).default({}),
  })
  .meta({ id: 'Step' });
export type Step = z.infer<typeof Step>;

export const DeclarativePipeline = z
  .strictObject({
    columns: z
      .array(
        z
          .strictObject({ columns: z.array(columnName).min(1), steps: z.array(Step).min(1) })
          .meta({ id: 'ColumnSteps' }),
      )
      .min(1)
      .describe('Groups of columns, each with the transformers applied to it, in order.'),
    remainder: z
      .enum(['drop', 'passthrough'])
      .default('drop')
      .describe('What happens to features that no group names.'),
    estimator: Step,
  })
  .meta({ id: 'DeclarativePipeline' });
export type DeclarativePipeline = z.infer<typeof DeclarativePipeline>;

export const CodePipeline = z
  .strictObject({
    entrypoint: z
      .string()
      .regex(/^[\w./-]+\.py:[A-Za-z_]\w*$/, 'FILE.py:FUNCTION, the file relative to this definition')
      .describe('A function without arguments that returns an unfitted scikit-learn Pipeline or estimator.'),
  })
  .meta({ id: 'CodePipeline' });
export type CodePipeline = z.infer<typeof CodePipeline>;

/** What fits of a model need. It changes how fast a model is fitted, and not what it says. */
export const Resources = z
  .strictObject({
    class: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and hyphens, a letter first; at most 40')
      .optional()
      .describe('Only trainers that were started with `--class` and this name fit the model.'),
    threads: z
      .int()
      .min(1)
      .max(1024)
      .optional()
      .describe(
        "OpenMP threads of a fit, at most the trainer's cores. Default: its cores divided by its fits at once.",
      ),
    memory: z
      .string()
      .regex(/^[1-9]\d{0,5}(MiB|GiB)$/, 'a whole number with MiB or GiB, such as 8GiB')
      .optional()
      .describe('What a fit may take, on Linux; one that needs more fails, and nothing else on the machine does.'),
  })
  .meta({ id: 'Resources' });
export type Resources = z.infer<typeof Resources>;

/** How long what a cycle extracted is kept. It changes no fit. */
export const Retention = z
  .strictObject({
    features: duration.describe(
      'Feature snapshots are deleted so long after the last cycle that used them has ended; at least P2D, at most P100Y. Row ids, labels and scores stay.',
    ),
  })
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;

/**
 * The fields of a definition, each by itself: how a stored one is read. What the fields must not say together is held
 * against a file when it is applied, by the release that applies it.
 */
export const DefinitionFields = z.strictObject({
  model: name.describe('The name of the model.'),
  description: z.string().max(2000).optional(),
  task: z.enum(tasks),
  source: Source,
  label: Label.optional().describe('The classes of a classifier; absent for a regression.'),
  windows: Windows,
  pipeline: z.union([CodePipeline, DeclarativePipeline]),
  gate: Gate.prefault({}),
  schedule: Schedule.optional(),
  resources: Resources.optional().describe('What fits of the model need.'),
  retention: Retention.optional().describe('How long feature snapshots are kept. Default: for ever.'),
  ...inventoryFields,
  notifications: z.array(NotificationRule).optional().describe('Who is told what happens to the model.'),
});

export type DefinitionFields = z.infer<typeof DefinitionFields>;

/**
 * What a definition says that changes no fit, such as when cycles run. It is kept with a history of its own: a new
 * version would let one asOf run twice.
 */
export const DefinitionSettings = DefinitionFields.pick({
  ...{ schedule: true, owner: true, intendedUse: true, tier: true, tags: true, reviewEvery: true },
  notifications: true,
  resources: true,
  retention: true,
});
export type DefinitionSettings = z.infer<typeof DefinitionSettings>;

/** The versioned description of a model, as it stands in its YAML file. */
export const Definition = DefinitionFields.superRefine((definition, context) => {
  for (const contradiction of contradictions(definition)) {
    context.addIssue({
      code: 'custom',
      path: contradiction.path,
      message: contradiction.message,
      input: contradiction.found,
    });
  }
}).meta({ id: 'Definition' });
export type Definition = z.infer<typeof Definition>;

/** What each field allows alone, but the fields together do not. */
function* contradictions(definition: DefinitionFields): Generator<Contradiction> {
  const { task, label, source, windows, pipeline } = definition;
  if (task === 'regression' && label !== undefined) {
    yield { path: ['label'], found: label, message: 'nothing, because a regression has no classes' };
  }
  if (task !== 'regression' && label === undefined) {
    yield { path: ['label'], found: undefined, message: `label.classes, because the task is ${task}` };
  }
  if (label !== undefined) yield* labelContradictions(task, label);
  yield* columnContradictions(source);
  yield* zoneContradictions(definition);
  yield* selectionContradictions(source);
  yield* gateContradictions(definition);
  if (definition.schedule !== undefined) yield* scheduleContradictions(definition.schedule);
  const features = definition.retention?.features;
  if (features !== undefined && !isBetween(features, retentions)) {
    const message = `at least ${retentions[0]}, at most ${retentions[1]}`;
    yield { path: ['retention', 'features'], found: features, message };
  }
  const told = (definition.notifications ?? []).map(({ endpoint }) => endpoint);
  for (const [at, endpoint] of told.entries())
    if (told.indexOf(endpoint) !== at)
      yield { path: ['notifications', at, 'endpoint'], found: endpoint, message: 'every endpoint once' };
  for (const length of ['train', 'holdout'] as const) {
    if (isEmpty(windows[length]))
      yield { path: ['windows', length], found: windows[length], message: 'a length above zero' };
  }
  if ('columns' in pipeline) {
    for (const [group, { columns }] of pipeline.columns.entries()) {
      for (const [at, column] of columns.entries()) {
        if (!source.features.includes(column)) {
          yield {
            path: ['pipeline', 'columns', group, 'columns', at],
            found: column,
            message: `one of source.features: ${source.features.join(', ')}`,
          };
        }
      }
    }
  }
}

function* labelContradictions(task: string, label: Label): Generator<Contradiction> {
  const texts = label.classes.map(String);
  const twice = texts.findIndex((text, at) => texts.indexOf(text) !== at);
  if (twice >= 0) yield { path: ['label', 'classes', twice], found: label.classes[twice], message: 'every class once' };
  if (new Set(label.classes.map((value) => typeof value)).size > 1) {
    yield {
      path: ['label', 'classes'],
      found: label.classes,
      message: 'classes of one type: all strings, all numbers or all booleans',
    };
  }
  if (task === 'binary' && label.classes.length !== 2) {
    yield { path: ['label', 'classes'], found: label.classes, message: 'two classes, because the task is binary' };
  }
  if (task === 'multiclass') {
    if (label.positive !== undefined)
      yield {
        path: ['label', 'positive'],
        found: label.positive,
        message: 'nothing: only a binary model has a positive class',
      };
    return;
  }
  if (label.positive === undefined) {
    if (label.classes.some((value) => typeof value === 'string')) {
      yield {
        path: ['label', 'positive'],
        found: undefined,
        message: `the class whose probability the score is, one of ${texts.join(', ')}`,
      };
    }
  } else if (!label.classes.includes(label.positive)) {
    yield { path: ['label', 'positive'], found: label.positive, message: `one of the classes: ${texts.join(', ')}` };
  }
}

function* columnContradictions(source: Source): Generator<Contradiction> {
  const neverFeatures = { rowId: source.rowId, label: source.label, knownAt: source.knownAt, weight: source.weight };
  for (const [at, feature] of source.features.entries()) {
    if (source.features.indexOf(feature) !== at)
      yield { path: ['source', 'features', at], found: feature, message: 'every feature once' };
    for (const [role, column] of Object.entries(neverFeatures)) {
      if (feature === column)
        yield {
          path: ['source', 'features', at],
          found: feature,
          message: `a column other than source.${role}, which is never a feature`,
        };
    }
  }
  for (const [at, column] of source.carry.entries()) {
    if (source.features.includes(column))
      yield {
        path: ['source', 'carry', at],
        found: column,
        message: 'a column that is not a feature: carried columns never are',
      };
  }
  const kept = [
    ...source.carry.map((column, at) => ({ column, path: ['source', 'carry', at] })),
    ...clusterColumns(source),
    ...selectionColumns(source),
  ];
  for (const { column, path } of kept) {
    if (/^(label|weight|score(_\d+)?)$/.test(column)) {
      yield {
        path,
        found: column,
        message:
          'a column of another name (rename it in the query): predictions keep label, weight and score beside it',
      };
    }
  }
  if (source.label === source.rowId)
    yield { path: ['source', 'label'], found: source.label, message: 'a column other than source.rowId' };
  for (const [role, column] of Object.entries({
    rowId: source.rowId,
    eventTime: source.eventTime,
    label: source.label,
  })) {
    if (column.startsWith('reign_'))
      yield {
        path: ['source', role],
        found: column,
        message: 'a name that does not start with reign_, which Reign keeps for its own columns',
      };
  }
}

function clusterColumns({ cluster }: Source): { column: string; path: (string | number)[] }[] {
  return Array.isArray(cluster) ? cluster.map((column, at) => ({ column, path: ['source', 'cluster', at] })) : [];
}

/** Where labels are selected somebody has to say by what; where they are complete nobody decided whose label shows. */
function* selectionContradictions({ labels, selection, features, ...roles }: Source): Generator<Contradiction> {
  if (labels === 'complete') {
    if (selection !== undefined)
      yield { path: ['source', 'selection'], found: selection, message: 'nothing, because source.labels is complete' };
    return;
  }
  if (selection === undefined) {
    yield {
      path: ['source', 'selection'],
      found: undefined,
      message: 'a mapping with decision, the column that says who was accepted, because source.labels is selected',
    };
    return;
  }
  const taken = { rowId: roles.rowId, eventTime: roles.eventTime, label: roles.label, weight: roles.weight };
  const named = selectionColumns({ selection });
  for (const [at, { column, path }] of named.entries()) {
    if (features.includes(column))
      yield { path, found: column, message: 'a column that is not a feature: it was decided upon features' };
    for (const [role, other] of Object.entries(taken))
      if (column === other) yield { path, found: column, message: `a column other than source.${role}` };
    if (named.findIndex((other) => other.column === column) !== at)
      yield { path, found: column, message: 'a column of its own for each part of the selection' };
  }
}

function selectionColumns({ selection }: Pick<Source, 'selection'>): { column: string; path: (string | number)[] }[] {
  return Object.entries(selection ?? {}).flatMap(([role, column]) =>
    column === undefined ? [] : [{ column, path: ['source', 'selection', role] }],
  );
}

function* zoneContradictions({ source, windows }: DefinitionFields): Generator<Contradiction> {
  const message = 'an IANA time zone such as Europe/Berlin';
  if (windows.timeZone !== undefined && !isTimeZone(windows.timeZone))
    yield { path: ['windows', 'timeZone'], found: windows.timeZone, message };
  if (!isTimeZone(source.timeZone)) yield { path: ['source', 'timeZone'], found: source.timeZone, message };
}

function isTimeZone(text: string): boolean {
  // An offset is no zone: it knows no summer time, and Postgres reads its sign the other way round.
  if (/^[+-]|^\d/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** The class that a binary model's score is for. */
export function positiveClass(label: Label): ClassLabel {
  const positive = label.positive ?? label.classes[1];
  if (positive === undefined) throw new TypeError('label.classes has fewer than two classes');
  return positive;
}
