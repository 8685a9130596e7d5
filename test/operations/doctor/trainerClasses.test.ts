import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { latestDefinition, storeDefinition } from '../../../ledger/definitions.ts';
import { missingClasses } from '../../../operations/doctor/trainerClasses.ts';
import { osUser } from '../../../schemas/actor.ts';
import { Definition } from '../../../schemas/definition.ts';
import { validDefinition } from '../../definition/valid.ts';
import { withLedger } from '../../ledger/withLedger.ts';

const definition = (more: object) => Definition.parse({ ...(parse(validDefinition) as object), ...more });

test('doctor names the classes of trainers that models wait for, and nobody serves', async () => {
  await using ledger = await withLedger();
  const given = { codeHash: 'c'.repeat(64), columns: [], appliedBy: osUser('ada') };
  const applied = async (more: object) => await storeDefinition(ledger.db, { ...given, definition: definition(more) });
  await applied({ model: 'any' });
  await applied({ model: 'first', resources: { class: 'large' } });
  await applied({ model: 'second', resources: { class: 'large', memory: '8GiB' } });
  await applied({ model: 'third', resources: { class: 'small', threads: 2 } });
  const found = await missingClasses(ledger.db, async (wanted) => (wanted === 'small' ? 1 : 0));
  expect(found).toMatchObject([
    {
      part: 'trainer',
      status: 'warning',
      found: 'no trainer of the class large is listening: the fits of these models wait: first, second',
      advice: 'Start one: reign-trainer --class large',
    },
  ]);

  // What a fit may take makes no version, and holds for the next cycle.
  expect(await applied({ model: 'first', resources: { class: 'small' } })).toMatchObject({
    ...{ version: 1, created: false, settingsChanged: true },
  });
  expect((await latestDefinition(ledger.db, 'first'))?.definition.resources).toEqual({ class: 'small' });
});
