import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Actor } from '../schemas/actor.ts';

const { version: release } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')));

/** The gate of this release: who promotes where a verdict says so. */
export const gateActor: Actor = { kind: 'gate', name: 'gate', authentication: 'internal', release };
