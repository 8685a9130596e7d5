import { expect, test } from 'vitest';
import { checkRequest } from '../../activities/checkRequest.ts';
import { type Actor, osUser } from '../../schemas/actor.ts';
import { cycleId } from '../../schemas/cycle.ts';
import type { RetrainRequest } from '../../schemas/steps.ts';

const request: RetrainRequest = {
  ...{ model: 'loans', lineage: 'live', asOf: '2001-02-12T00:00:00Z', definitionVersion: 1 },
  trigger: 'manual',
};
const id = cycleId(request);

test('a request names the user of a machine, or nobody as in earlier releases', () => {
  checkRequest(request, id);
  checkRequest({ ...request, actor: osUser('ada') }, id);
});

test('the schedule of a model asks for cycles of that model only, and for live ones', () => {
  const schedule = (name: string): Actor => ({ kind: 'schedule', name, authentication: 'internal' });
  const scheduled = { ...request, trigger: 'schedule' as const };
  checkRequest({ ...scheduled, actor: schedule('loans') }, id);
  const forged = [{ actor: schedule('others') }, { actor: osUser('ada') }, {}];
  for (const more of forged)
    expect(() => checkRequest({ ...scheduled, ...more }, id)).toThrow(
      expect.objectContaining({ code: 'RequestForged' }),
    );
});

test.each<Actor | object>([
  { kind: 'person', name: 'ada', authentication: 'session' },
  { kind: 'gate', name: 'gate', authentication: 'internal', release: '0.1.0' },
  { kind: 'schedule', name: 'loans', authentication: 'internal' },
  { kind: 'person', name: '', authentication: 'os-user' },
  { kind: 'person', authentication: 'os-user' },
])('nobody who would have proved who they are: %o', (actor) => {
  expect(() => checkRequest({ ...request, actor: actor as Actor }, id)).toThrow(
    expect.objectContaining({ code: 'RequestForged' }),
  );
});
