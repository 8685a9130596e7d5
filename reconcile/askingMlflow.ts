import { findExperiment } from '../tracker/experiments.ts';
import type { Tracker } from '../tracker/openTracker.ts';
import { searchVersions } from '../tracker/registry.ts';
import { isRefusal } from '../tracker/request.ts';
import { type Run, searchRuns } from '../tracker/runs.ts';
import type { MlflowWorld } from './world.ts';

/** Asks MLflow for what several comparisons look at, once for each model. */
export function askingMlflow(tracker: Tracker): Pick<MlflowWorld, 'tracker' | 'versionsOf' | 'runsOf'> {
  return {
    tracker,
    versionsOf: once((model) => searchVersions(tracker, model)),
    runsOf: once((model) => runsOf(tracker, model)),
  };
}

/** None where a person deleted the experiment: what was deleted in MLflow stays deleted. */
async function runsOf(tracker: Tracker, model: string): Promise<Run[]> {
  try {
    const experiment = await findExperiment(tracker, model);
    return experiment === undefined ? [] : await searchRuns(tracker, experiment);
  } catch (error) {
    if (isRefusal(error, 'EXPERIMENT_DELETED')) return [];
    throw error;
  }
}

function once<Answer>(ask: (model: string) => Promise<Answer>): (model: string) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (model) => {
    const answer = asked.get(model) ?? ask(model);
    asked.set(model, answer);
    return answer;
  };
}
