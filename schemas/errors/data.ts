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
      time: 'A value of {column} is infinite or outside the years 1 to 9999 of the calendar.',
    },
  },
  TextInvalid: {
    status: 422,
    retry: false,
    advice:
      "Convert the column in source.query, such as convert_from(convert(convert_to(NAME, 'SQL_ASCII'), 'LATIN1', 'UTF8'), 'SQL_ASCII').",
    templates: {
      notUtf8: 'A value of {column} is not valid UTF-8, which a database of the encoding SQL_ASCII does not prevent.',
    },
  },
  RowIdInvalid: {
    status: 422,
    retry: false,
    advice: 'Let source.query return every row id once and none that is NULL.',
    templates: {
      null: 'The row id is NULL in {rows} of {all:int}.',
      repeated:
        'The row id of {rows} of {all:int} has been there before; the first is row {first:int} in the order of the row id.',
    },
  },
  QueryFailed: {
    status: 422,
    retry: false,
    advice: 'Run source.query in psql over the window to see the value that it fails on.',
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
    advice: 'Check the label column and horizon and lag: at asOf no row of the window shows its label.',
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
      otherClasses: '{window} has {rows:int} rows whose {label} is none of the classes {classes}',
      otherKind:
        'The label {label} holds {type}, label.classes are {classes}: give the classes as the query returns them.',
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
    advice: 'Check the warehouse; the cycle goes on by itself when it answers.',
    templates: {
      flights: 'loading the flights failed: {reason}',
      noAnswer: 'The warehouse does not answer: {reason}.',
      connection: 'The source (connection {connection}) does not answer: {reason}.',
      brokeOff: 'The source (connection {connection}) broke off in the middle.',
      gaveUp: 'The source (connection {connection}) gave up: {condition}.',
    },
  },
} as const satisfies Record<string, ErrorEntry>;
