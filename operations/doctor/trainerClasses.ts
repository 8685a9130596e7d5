import type { Kysely } from 'kysely';
import type { Database } from '../../ledger/database.ts';
import { latestDefinition, models } from '../../ledger/definitions.ts';
import { tell } from '../../report/messages.ts';
import { type Finding, noted } from './finding.ts';

/**
 * Classes of trainers that definitions ask for and that nobody serves.
 *
 * @param listen how many trainers of a class listen
 */
export async function missingClasses(
  db: Kysely<Database>,
  listen: (trainerClass: string) => Promise<number>,
): Promise<Finding[]> {
  const waiting = new Map<string, string[]>();
  for (const { model, retirement } of await models(db)) {
    const wanted = retirement === null ? (await latestDefinition(db, model))?.definition.resources?.class : undefined;
    if (wanted !== undefined) waiting.set(wanted, [...(waiting.get(wanted) ?? []), model]);
  }
  const found: Finding[] = [];
  for (const [wanted, fitted] of waiting) {
    if ((await listen(wanted)) > 0) continue;
    const message = tell('doctor.no-trainer-of-class', { class: wanted, models: fitted.join(', ') });
    found.push(noted('trainer', message, `Start one: reign-trainer --class ${wanted}`));
  }
  return found;
}
