import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { inputsOf, requestOf } from '../../../operations/verify/requestOf.ts';
import { Definition } from '../../../schemas/definition.ts';
import { EvaluateRequest } from '../../../schemas/payloads.ts';
import { cycle } from '../../cli/render/cycles.ts';
import { validDefinition } from '../../definition/valid.ts';
import { contender, evidence } from '../../gate/evidence.ts';

const definition = Definition.parse(parse(validDefinition));
const hash = (letter: string) => letter.repeat(64);

test('a request that the trainer takes, with all that the evidence was made from', () => {
  const window = { from: '2001-02-05T00:00:00Z', to: '2001-02-19T00:00:00Z' };
  const {
    fittedOnJudgedRows: _,
    brokenScores: __,
    trainWindow: ___,
    ...beaten
  } = contender({ predictions: hash('1') });
  const followUpRequest = {
    cycle: 'x',
    epoch: 2,
    window,
    promised: { estimate: 0.1, low: null, high: null },
    beaten,
    chose: [hash('2')],
  };
  const shown = evidence({
    anchor: contender({ predictions: null, unscorable: 'gone', trainSnapshot: hash('3') }),
    choseChampion: [hash('4')],
    shuffledFit: hash('5'),
    past: [hash('6')],
    detection: { ...evidence().detection, forecast: { optimistic: 0.01, pessimistic: 0.03, pastCycles: 5 } },
    followUpRequest,
    followUp: null,
  });
  const request = requestOf(cycle(), definition, shown);
  expect(EvaluateRequest.parse(request)).toEqual(request);
  expect(request).toMatchObject({ primary: 'roc_auc', run: null, charge: shown.charge, followUp: followUpRequest });
  expect(request.forecast).toEqual(shown.detection.forecast);
  expect(request.challenger).not.toHaveProperty('fittedOnJudgedRows');
  expect(inputsOf(request)).toEqual({
    predictions: [hash('a'), hash('1'), hash('5')],
    snapshots: [hash('b'), hash('3'), hash('4'), hash('2')],
    evidence: [hash('6')],
    observations: [hash('a')],
  });
});

test('without champion, past or observations little is needed', () => {
  const shown = evidence({ champion: null, observations: null });
  const needed = inputsOf(requestOf(cycle(), definition, shown));
  expect(needed).toEqual({ predictions: [hash('a')], snapshots: [hash('b')], evidence: [], observations: [] });
});
