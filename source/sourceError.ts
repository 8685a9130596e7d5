import { type ErrorCode, ReignError } from '../schemas/errors.ts';

/** A place in the author's query; both count from 1. */
export interface QueryPosition {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a definition's source, and where in the definition it stands. */
export class SourceError extends ReignError {
  /** The field of the definition: `['source', 'label']`. */
  readonly path: readonly (string | number)[];
  /** Where in `source.query`, when Postgres says so. */
  readonly position: QueryPosition | null;

  constructor(
    code: ErrorCode,
    message: string,
    place: { path: readonly (string | number)[]; position?: QueryPosition | null },
    options?: ErrorOptions,
  ) {
    super(code, message, options);
    this.name = 'SourceError';
    this.path = place.path;
    this.position = place.position ?? null;
  }
}

/** `source.query`, with line and column where they are known. */
export function queryInvalid(message: string, position: QueryPosition | null = null, cause?: unknown): SourceError {
  const place = position === null ? 'source.query' : `source.query, line ${position.line}, column ${position.column}`;
  return new SourceError('QueryInvalid', `${place}: ${message}`, { path: ['source', 'query'], position }, { cause });
}

/** The line and column of a position in code points, which is how Postgres counts, from 0. */
export function positionIn(text: string, codePoints: number): QueryPosition {
  const lines = Array.from(text).slice(0, Math.max(0, codePoints)).join('').split('\n');
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 };
}
