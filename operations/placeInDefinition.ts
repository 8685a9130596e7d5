import type { ReadDefinition } from '../definition/readDefinition.ts';
import { type ErrorCode, ReignError } from '../schemas/errors.ts';
import type { FieldPath } from '../schemas/fieldPath.ts';
import { WorkflowError } from './workflowError.ts';

/** What an error of a code is about where it does not say so itself. */
const fields: Partial<Record<ErrorCode, FieldPath>> = {
  QueryInvalid: ['source', 'query'],
  QueryFailed: ['source', 'query'],
  ColumnMissing: ['source', 'query'],
  ColumnTypeUnsupported: ['source', 'query'],
  ConnectionUnknown: ['source', 'connection'],
  ClassUnknown: ['label', 'classes'],
  PipelineImport: ['pipeline'],
  PipelineInvalid: ['pipeline'],
};

/** The same error, with the place in the definition that it is about: of the query, down to the line in it. */
export function placeInDefinition(error: unknown, { where, definition }: ReadDefinition): unknown {
  if (!(error instanceof ReignError)) return error;
  const field = error.place.field ?? fields[error.code];
  if (field === undefined) return error;
  const entry = field[0] === 'pipeline' && 'entrypoint' in definition.pipeline ? ['pipeline', 'entrypoint'] : field;
  const line = field[1] === 'query' ? error.place.line : null;
  const message = `${where(entry, line ?? undefined)} ${error.message}`;
  if (error instanceof WorkflowError) return new WorkflowError(error.code, message, error.detail, { cause: error });
  const { code, situation, values, place } = error;
  return new ReignError(code, message, { ...(situation === null ? {} : { situation }), values, place, cause: error });
}
