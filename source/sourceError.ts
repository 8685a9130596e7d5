import { type ErrorSituation, type ErrorValues, errorOf, type ReignError } from '../schemas/errors.ts';

/** A place in the author's query; both count from 1. */
export interface QueryPosition {
  readonly line: number;
  readonly column: number;
}

type Situation = ErrorSituation<'QueryInvalid'>;

/**
 * What is wrong with `source.query`, with line and column where they are known.
 *
 * @param values of the situation's template, but for the place that it begins with
 */
export function queryInvalid<Known extends Situation>(
  situation: Known,
  values: Omit<ErrorValues<'QueryInvalid', Known>, 'place'>,
  position: QueryPosition | null = null,
  cause?: unknown,
): ReignError {
  const place = position === null ? 'source.query' : `source.query, line ${position.line}, column ${position.column}`;
  const filled = { ...values, place } as unknown as ErrorValues<'QueryInvalid', Situation>;
  return errorOf('QueryInvalid', situation as Situation, filled, {
    cause,
    place: { field: ['source', 'query'], ...position },
  });
}

/** The line and column of a position in code points, which is how Postgres counts, from 0. */
export function positionIn(text: string, codePoints: number): QueryPosition {
  const lines = Array.from(text).slice(0, Math.max(0, codePoints)).join('').split('\n');
  return { line: lines.length, column: Array.from(lines.at(-1) ?? '').length + 1 };
}
