import type { ErrorEntry } from './entry.ts';

/** The warehouse does not answer, or its rows cannot be used. */
export const dataErrors = {
  ValueOutOfRange: {
    status: 422,
    retry: false,
    advice: 'Cast or filter the column in source.query.',
    templates: {
      weights: 'The weight column {column} holds NULL, negative or infinite values.',
      weightsZero: 'Every weight in {column} is zero.',
      label: 'The label {label} holds infinite values.',
      integer:
        'A value of {column} lies beyond 2^53, where float64 skips integers. Cast it to text if it is a key, or to double precision if it is a quantity.',
      time: 'A value of {column} is infinite or outside the years 1 to 9999.',
    },
  },
  TextInvalid: {
    status: 422,
    retry: false,
    advice:
      "Convert the column in source.query, such as convert_from(convert(convert_to(NAME, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII').",
    templates: {
      notUtf8: 'A value of {column} is not valid UTF-8. A database with the encoding SQL_ASCII does not check this.',
    },
  },
  RowIdInvalid: {
    status: 422,
    retry: false,
    advice: 'Let source.query return each row id once, and never NULL.',
    templates: {
      null: 'The row id is NULL in {rows} of {all:int}.',
      repeated:
        'The row id of {rows} of {all:int} is a duplicate; the first duplicate is row {first:int} in row id order.',
    },
  },
  QueryFailed: {
    status: 422,
    retry: false,
    advice: 'Run source.query in psql for the same window to see which value it fails on.',
    templates: {
      cannotRun: 'The source (connection {connection}) cannot run the query: {condition}.',
    },
  },
  StatementTimeout: {
    status: 504,
    retry: false,
    advice: 'Make the query faster (an index on the event time), or raise REIGN_STATEMENT_TIMEOUT.',
    templates: {
      stopped: 'The source (connection {connection}) stopped the query after {seconds} s.',
    },
  },
  WindowEmpty: {
    status: 422,
    retry: false,
    advice: 'Choose an asOf for which the source has rows, or correct the windows.',
    templates: {
      noRows: '{window} has no rows',
      training: 'The training window holds no rows.',
      holdout: 'The holdout window holds no rows.',
    },
  },
  LabelMissing: {
    status: 422,
    retry: false,
    advice: 'Check the label column, the horizon and the lag: no row of the window had its label at asOf.',
    templates: {
      allNull: '{window} has {rows:int} rows, and {label} is NULL in all of them',
      training: 'No row of the training window has a label in {label}.',
    },
  },
  ClassUnknown: {
    status: 422,
    retry: false,
    advice: 'Add the class to label.classes, or leave such rows out in source.query.',
    templates: {
      otherClasses: '{window} has {rows:int} rows with an unknown class in {label}; expected {classes}',
      otherKind:
        'The label {label} holds {type}, but label.classes holds {classes}: write the classes as the query returns them.',
      none: '{unknown:int} of {all:int} rows have a label in {label} that label.classes does not list.',
    },
  },
  OneClass: {
    status: 422,
    retry: false,
    advice: 'Choose a longer window, or an asOf for which the window holds every class.',
    templates: {
      one: '{window} holds only the class {class} of {label}, in {rows:int} rows',
      training: 'Every row of the training window has the class {only}.',
    },
  },
  SourceUnavailable: {
    status: 503,
    retry: true,
    advice: 'Check the warehouse. The cycle continues by itself when the warehouse answers.',
    templates: {
      flights: 'loading the flights failed: {reason}',
      noAnswer: 'The warehouse does not answer: {reason}.',
      connection: 'The source (connection {connection}) does not answer: {reason}.',
      brokeOff: 'The source (connection {connection}) ended the connection in the middle of the query.',
      gaveUp: 'The source (connection {connection}) did not finish the query: {condition}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
