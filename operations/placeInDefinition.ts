import type { ReadDefinition } from '../definition/readDefinition.ts';
import { type ErrorCode, ReignError } from '../schemas/errors.ts';
import type { FieldPath } from '../schemas/fieldPath.ts';
import { WorkflowError } from './workflowError.ts';

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

/** The field that a message begins with: `source.features[2]: ...`. */
function fieldNamed(message: string): FieldPath | undefined {
  const [text] = /^(?:source|label|windows|pipeline|gate)(?:\.\w+|\[\d+\])+/.exec(message) ?? [];
  return text?.match(/\w+/g)?.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The same error, with the place in the definition that it is about: of the query, down to the line that it names. */
export function placeInDefinition(error: unknown, { where, definition }: ReadDefinition): unknown {
  if (!(error instanceof ReignError)) return error;
  const field = fieldNamed(error.message) ?? fields[error.code];
  if (field === undefined) return error;
  const entry = field[0] === 'pipeline' && 'entrypoint' in definition.pipeline ? ['pipeline', 'entrypoint'] : field;
  const line = field[1] === 'query' ? /\bline (\d+)\b/i.exec(error.message)?.[1] : undefined;
  const place = where(entry, line === undefined ? undefined : Number(line));
  const detail = error instanceof WorkflowError ? error.detail : null;
  return new WorkflowError(error.code, `${place} ${error.message}`, detail, { cause: error });
}
