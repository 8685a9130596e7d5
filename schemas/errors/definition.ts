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
      reservedColumn:
        'The column {column} has a name that is reserved for stored predictions; name it differently with AS.',
    },
  },
  QueryInvalid: {
    status: 422,
    retry: false,
    advice: 'Correct source.query and apply the definition again.',
    templates: {
      reserved:
        '{place}: the column {column} starts with reign_, which Reign keeps for its own columns; name it differently with AS.',
      parameters: "{place}: parameters such as $1 cannot be used; current_setting('reign.as_of') gives the asOf",
      noColumns: '{place}: the query returns no columns',
      notOneSelect: '{place}: expected one SELECT that only reads ({reason})',
      postgres: '{place}: {reason}',
      columnTwice: '{place}: the query returns the column {column} more than once; give each one its own name with AS',
      empty: '{place}: the query is empty; expected one SELECT',
      secondStatement: '{place}: a second statement begins here; expected one SELECT',
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
      cast: '{field}: the column {column} has the type {type}; cast it in the query, for example {cast}.',
      unfit: '{field}: the column {column} has the type {type}; expected {expected}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
