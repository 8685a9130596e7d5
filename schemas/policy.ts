import { z } from 'zod';
import { Gate, Source } from './definition.ts';

/** What the gate holds evidence against: the part of a definition that says what winning is. */
export const Policy = z.strictObject({ gate: Gate, labels: Source.shape.labels }).meta({ id: 'Policy' });
export type Policy = z.infer<typeof Policy>;
