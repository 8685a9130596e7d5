import type { Challenger, FittedChallenger, PlannedCycle, Snapshots } from '../schemas/steps.ts';
import { trainer } from './proxies.ts';

const rehearsedRows = 1000;

/** The challenger's answers on the holdout, and whether raw JSON rows get the same ones in a clean process. */
export async function scoreChallenger(
  { cycle, definition }: PlannedCycle,
  { holdout }: Snapshots,
  fitted: FittedChallenger,
): Promise<Challenger> {
  const { modelUri } = fitted.fit;
  const name = `${cycle.model} version ${fitted.version}`;
  const subject = { modelUri, name, definition, snapshot: holdout.contentHash };
  const { predictions } = await trainer.score(subject);
  const rehearsal = await trainer.rehearse({ ...subject, predictions, rows: rehearsedRows });
  return { ...fitted, predictions, rehearsal };
}
