import fc, { type Arbitrary } from 'fast-check';
import { z } from 'zod';
import { Hash, Instant } from '../../schemas/primitives.ts';

/** Numbers as evidence has them: mostly small, sometimes absurd, never NaN or infinite. */
const number = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ min: -1e200, max: 1e200, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 0.025, 0.5, 1, Number.MIN_VALUE) },
);
const instant = fc
  .integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2040, 0, 1) })
  .map((time) => `${new Date(time).toISOString().slice(0, 19)}Z`);
const hash = fc.constantFrom('a', 'b', '0').map((digit) => digit.repeat(64));

/**
 * Values that a zod schema accepts, of the kinds of schema that evidence is made of.
 *
 * @param keys what records are keyed by
 * @throws TypeError for a kind of schema that it does not know
 */
export function arbitraryOf(schema: z.ZodType, keys: readonly string[]): Arbitrary<unknown> {
  const of = (inner: unknown): Arbitrary<unknown> => {
    if (!(inner instanceof z.ZodType)) throw new TypeError('a schema of another kind');
    return arbitraryOf(inner, keys);
  };
  if (schema === Instant) return instant;
  if (schema === Hash) return hash;
  if (schema instanceof z.ZodObject) return fc.record(mapped(schema.shape, of));
  if (schema instanceof z.ZodNullable) return fc.oneof(fc.constant(null), of(schema.unwrap()), of(schema.unwrap()));
  if (schema instanceof z.ZodOptional) return fc.option(of(schema.unwrap()), { nil: undefined });
  if (schema instanceof z.ZodArray) return fc.array(of(schema.element), { maxLength: 4 });
  if (schema instanceof z.ZodRecord) return fc.dictionary(fc.constantFrom(...keys), of(schema.valueType));
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map(of));
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber)
    return schema.format === 'safeint' ? fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.maxSafeInteger()) : number;
  if (schema instanceof z.ZodString) return fc.string({ maxLength: 12 });
  throw new TypeError(`no values for a ${schema.type}`);
}

function mapped(shape: z.ZodRawShape, of: (inner: unknown) => Arbitrary<unknown>): Record<string, Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(shape).map(([key, inner]) => [key, of(inner)]));
}
