import { z } from 'zod';
import { Definition } from '../schemas/definition.ts';
import type { FieldPath } from '../schemas/fieldPath.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly $defs?: Record<string, Schema>;
}

let whole: Schema | undefined;

/**
 * The fields that a definition may have at a place, one list for each form that is allowed there: two for `pipeline`,
 * none where no mapping is allowed.
 */
export function fieldsAt(path: FieldPath): string[][] {
  whole ??= z.toJSONSchema(Definition, { io: 'input', target: 'draft-2020-12' }) as Schema;
  const definitions = whole.$defs ?? {};
  let schemas = forms(whole, definitions);
  for (const part of path) {
    schemas = schemas
      .map((schema) => (typeof part === 'number' ? schema.items : schema.properties?.[part]))
      .flatMap((schema) => (schema === undefined ? [] : forms(schema, definitions)));
  }
  return schemas.flatMap(({ properties }) => (properties === undefined ? [] : [Object.keys(properties)]));
}

function forms(schema: Schema, definitions: Record<string, Schema>): Schema[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((form) => forms(form, definitions));
  const target = schema.$ref === undefined ? undefined : definitions[schema.$ref.replace('#/$defs/', '')];
  return target === undefined ? [schema] : forms(target, definitions);
}
