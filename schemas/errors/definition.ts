import type { ErrorEntry } from './entry.ts';

/** The definition or its query is wrong, which shows before a row is read. */
export const definitionErrors = {
  DefinitionInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct the definition and apply it again.',
    templates: {
      problems: '{problems}',
      entrypoint: '{place} pipeline.entrypoint: {problem}',
      reservedColumn: 'The column {column} has a name that stored predictions keep for themselves.',
    },
  },
  QueryInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct source.query and apply the definition again.',
    templates: {
      reserved:
        '{place}: the column {column} starts with reign_, which Reign keeps for its own columns; name it differently with AS.',
      parameters: "{place}: parameters such as $1 are not bound; use current_setting('reign.as_of') for Reign's bounds",
      noColumns: '{place}: it returns no columns',
      notOneSelect: '{place}: one SELECT is expected, which reads and does not write ({reason})',
      postgres: '{place}: {reason}',
      columnTwice: '{place}: it returns the column {column} more than once; name each differently with AS',
      empty: '{place}: empty; one SELECT is expected',
      secondStatement: '{place}: a second statement begins here; one SELECT is expected',
    },
  },
  ColumnMissing: {
    status: 422,
    retry: false,
    advice: 'Let source.query return the column, or correct its name in the definition.',
    templates: {
      notReturned: '{field}: source.query returns no column {column}.{meant} It returns {columns}.',
      notInSnapshot: 'The snapshot has no column {columns}.',
    },
  },
  ColumnTypeUnsupported: {
    status: 422,
    retry: false,
    advice: 'Cast the column in source.query to a supported type.',
    templates: {
      cast: '{field}: the column {column} is of type {type}; cast it in the query, such as {cast}.',
      unfit: '{field}: the column {column} is of type {type}; expected is {expected}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
