/**
 * `npm run demo`: three million real flights, retrained every week. Starts the stack, loads the warehouse, applies the
 * two definitions of examples/flights and runs one cycle a week, each judged against the champion of the weeks before.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { applyDefinition } from '../cli/applyDefinition.ts';
import { renderVerdictTable } from '../cli/render/verdictTable.ts';
import { reportError } from '../cli/reportError.ts';
import { type Session, openSession } from '../cli/session.ts';
import { awaitCycle, startCycle } from '../cli/startCycle.ts';
import type { Cycle } from '../schemas/cycle.ts';
import { before } from '../schemas/durations.ts';
import { type Stack, startStack } from '../stack/stack.ts';

const root = join(import.meta.dirname, '..');
const firstAsOf = '2001-02-12T00:00:00Z';
const model = 'flight-delay';

async function main(): Promise<void> {}

await main();
