import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heldSummary } from '../../schemas/decisionSummary.ts';
import { Definition } from '../../schemas/definition.ts';
import type { Answered } from '../../schemas/steps.ts';
import { champion, definition, judged, planned } from './cast.ts';
import { recorded } from './recorded.ts';
import { openStage, type Scene, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const asks = (approval: object = {}): Scene => ({
  plan: ({ model, lineage, asOf, definitionVersion }) =>
    planned(
      { model, lineage, asOf, definitionVersion },
      { definition: Definition.parse({ ...definition, gate: { approval } }), champion: champion(1) },
    ),
  decide: ({ number, champion: against }) =>
    judged(number, { epoch: against?.epoch ?? 0, kind: 'review', summary: 'Not sure.' }),
});

const approved: Answered = { kind: 'approved', decision: 7, by: 'ada', reason: 'sounder' };
const rejected: Answered = { kind: 'rejected', decision: 7, by: 'ada', reason: 'too dear' };

/** What the ledger says to each look of a cycle; the last one stays. */
const says = (...answers: Answered[]): Scene => {
  let looks = 0;
  return { hearApproval: () => answers[Math.min(looks++, answers.length - 1)] as Answered };
};

describe('a verdict that is left to a person', () => {
  it('is promoted by an approval, and by nothing else', async () => {
    const cycle = await stage.perform({ ...asks(), ...says({ kind: 'waits' }, approved) });
    await cycle.called('hearApproval');
    expect((await cycle.progress()).step).toBe('wait for a person');
    expect(cycle.names()).not.toContain('promote');
    await cycle.decided();
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted', summary: 'Not sure.' });
    const promotions = cycle.calls.filter(({ name }) => name === 'promote').map(({ given }) => given[0]);
    expect(promotions).toMatchObject([{ number: 1, epoch: 1, version: 9, decision: 7, reason: 'sounder' }]);
  });

  it('keeps the champion where somebody rejects it', async () => {
    const cycle = await stage.perform({ ...asks(), ...says(rejected) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept', summary: 'Rejected by ada: too dear' });
    expect(cycle.names()).not.toContain('promote');
    expect(recorded(cycle)).toMatchObject({ status: 'kept', failure: null });
  });

  it('keeps the champion where nobody has decided by the deadline', async () => {
    const cycle = await stage.perform(asks());
    await expect(cycle.outcome()).resolves.toMatchObject({
      status: 'kept',
      summary: expect.stringMatching(/^Nobody decided until \d{4}-/),
    });
    const looks = cycle.calls.filter(({ name }) => name === 'hearApproval').map(({ given }) => given[2]);
    // Only the last look ends the question, and there the ledger takes no decision any more.
    expect(looks.filter(Boolean)).toEqual([true]);
    expect(looks.at(-1)).toBe(true);
  });

  it('finds a decision whose signal never came', async () => {
    const cycle = await stage.perform({ ...asks(), ...says({ kind: 'waits' }, { kind: 'waits' }, approved) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
  });

  it('is asked again as often as the definition says', async () => {
    let rounds = 0;
    const cycle = await stage.perform({
      ...asks({ onDeadline: 'askAgain' }),
      askForApproval: ({ round, askedAt }) => {
        rounds = round;
        return new Date(Date.parse(askedAt) + 7200_000).toISOString();
      },
      hearApproval: (_cycle, _number, isOver) => {
        expect(isOver).toBe(false);
        return rounds < 3 ? { kind: 'waits' } : rejected;
      },
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept' });
    expect(rounds).toBe(3);
  });

  it('is judged again where the champion changes while it waits, and asks anew', async () => {
    const cycle = await stage.perform({
      ...asks(),
      ...says({ kind: 'championChanged', champion: champion(2) }, approved),
      promote: ({ epoch }) => ({ outcome: 'promoted', epoch: epoch + 1 }),
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    const asked = cycle.calls.filter(({ name }) => name === 'askForApproval').map(({ given }) => given[0]);
    expect(asked).toMatchObject([{ number: 1 }, { number: 2 }]);
    const promotions = cycle.calls.filter(({ name }) => name === 'promote').map(({ given }) => given[0]);
    expect(promotions).toMatchObject([{ number: 2, epoch: 2 }]);
  });

  it('gives way where a champion of a later asOf reigns by then', async () => {
    const later = champion(2, { asOf: '2030-01-01T00:00:00Z' });
    const cycle = await stage.perform({ ...asks(), ...says({ kind: 'championChanged', champion: later }) });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'superseded' });
    expect(cycle.names()).not.toContain('promote');
  });

  it('is judged again where the champion changes between the approval and the promotion', async () => {
    let tries = 0;
    const cycle = await stage.perform({
      ...asks(),
      ...says(approved),
      promote: ({ epoch }) => {
        tries += 1;
        return tries === 1 ? { outcome: 'conflict', champion: champion(2) } : { outcome: 'promoted', epoch: epoch + 1 };
      },
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    const asked = cycle.calls.filter(({ name }) => name === 'askForApproval').map(({ given }) => given[0]);
    expect(asked).toMatchObject([{ number: 1 }, { number: 2 }]);
  });

  it('ends as cancelled where somebody cancels it while it waits', async () => {
    const cycle = await stage.perform(asks());
    await cycle.called('hearApproval');
    // The server that skips time refuses to cancel an activity that ends at that moment, and forgets the cycle.
    await expect.poll(cycle.pending).toEqual([]);
    await cycle.cancel('ada', 'not needed');
    await cycle.cancelWorkflow();
    await expect(cycle.outcome()).rejects.toThrow();
    expect(recorded(cycle)).toMatchObject({
      status: 'cancelled',
      summary: expect.stringContaining('wait for a person'),
    });
  });

  it('is asked for after a rollback, also where the challenger wins and the definition asks nobody', async () => {
    const cycle = await stage.perform({
      ...asks({ when: 'never' }),
      decide: ({ number, champion: against }) => judged(number, { epoch: against?.epoch ?? 0, held: true }),
      ...says({ kind: 'waits' }, approved),
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'promoted' });
    expect(cycle.calls.find(({ name }) => name === 'promote')?.given[0]).toMatchObject({ decision: 7 });
  });

  it('is asked of nobody in a backfill: after a rollback the champion stays', async () => {
    const cycle = await stage.perform({
      plan: ({ model, lineage, asOf, definitionVersion }) =>
        planned({ model, lineage, asOf, definitionVersion }, { champion: champion(1), unattended: true }),
      decide: ({ number, champion: against }) => judged(number, { epoch: against?.epoch ?? 0, held: true }),
    });
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept', summary: heldSummary });
    expect(cycle.calls.filter(({ name }) => name === 'promote')).toEqual([]);
  });

  it.each([
    ['promote', { status: 'promoted', summary: 'It wins.' }],
    ['review', { status: 'kept', summary: 'Not sure.' }],
  ] as const)(
    'of %s is what the gate said once promotions are resumed, where only a rollback asked',
    async (kind, ending) => {
      const cycle = await stage.perform({
        ...asks({ when: 'never' }),
        decide: ({ number, champion: against }) =>
          judged(number, { epoch: against?.epoch ?? 0, kind, summary: ending.summary, held: true }),
        ...says({ kind: 'waits' }, { kind: 'released' }),
      });
      await cycle.called('hearApproval');
      await cycle.decided();
      await expect(cycle.outcome()).resolves.toMatchObject(ending);
      const promotions = cycle.calls.flatMap(({ name, given }) => (name === 'promote' ? [given[0]] : []));
      expect(promotions).toEqual(
        kind === 'promote' ? [expect.not.objectContaining({ decision: expect.anything() })] : [],
      );
    },
  );

  it('asks nobody where the definition says so', async () => {
    const cycle = await stage.perform(asks({ when: 'never' }));
    await expect(cycle.outcome()).resolves.toMatchObject({ status: 'kept', summary: 'Not sure.' });
    expect(cycle.names()).not.toContain('askForApproval');
  });
});
