import { Command } from 'commander';
import { windowsOfCycle } from '../../ledger/cycles.ts';
import { judgementsOf } from '../../ledger/judgements.ts';
import { storedJudgements } from '../../ledger/storedJudgements.ts';
import { warningsOf } from '../../ledger/warnings.ts';
import { ReignError } from '../../schemas/errors.ts';
import { Policy } from '../../schemas/policy.ts';
import type { Tell } from '../answer.ts';
import { drawPictures } from '../drawPictures.ts';
import { findCycle } from '../findCycle.ts';
import { renderCycle } from '../render/cycle.ts';
import { retriesOf, retryLine } from '../retries.ts';
import type { Session } from '../session.ts';
import { readEvidence, readFirstEvent, readObservations } from '../storedDocuments.ts';

export const showCommand = (session: Session, tell: Tell) =>
  new Command('show')
    .description('show one cycle as a report: what was judged, on which rows, what was decided and why')
    .argument('<cycle>', 'its id; or a model, followed by an asOf')
    .argument('[asOf]', 'the asOf of the cycle in the live lineage, such as 2001-02-12')
    .option('--plots <folder>', 'also write pictures of the evidence to this folder, as PNG')
    .action(async (name: string, asOf: string | undefined, { plots }: { plots?: string }) => {
      const { ledger, store, progress, surroundings } = session;
      const cycle = await findCycle(ledger, name, asOf);
      const judgements = await judgementsOf(ledger.db, cycle.id);
      const policy = await policyOf(session, cycle.id, judgements.at(-1)?.number);
      const evidence = cycle.evidence === null ? null : await readEvidence(store, cycle.evidence);
      const observations = evidence?.observations
        ? await readObservations(store, evidence.observations.document)
        : null;
      const warnings = await warningsOf(ledger.db, cycle.id);
      const windows = await windowsOfCycle(ledger.db, cycle.id);
      const retries = await retriesOf(session, cycle);
      const { train } = cycle.snapshots;
      const firstEvent = train === null ? null : await readFirstEvent(store, train);
      let pictures: string[] = [];
      if (plots !== undefined) {
        if (evidence === null) throw nothingToDraw(cycle.id, cycle.evidence);
        progress.at('drawing');
        pictures = await drawPictures(evidence, plots, surroundings.interrupted);
      }
      const drawn = pictures.length === 0 ? '' : `\n\n${pictures.join('\n')}`;
      tell({
        document: {
          ...cycle,
          judgements,
          warnings,
          windows,
          firstEvent,
          retries,
          measured: evidence,
          observed: observations,
          ...(plots === undefined ? {} : { pictures }),
        },
        text: ({ paint, width }) =>
          `${renderCycle({ cycle, judgements, evidence, policy, observations, warnings, windows, firstEvent, retries: retries.map(retryLine) }, paint, width)}${drawn}`,
      });
    });

/** What a judgement was held against; null where that is of an earlier form, or there was none. */
async function policyOf({ ledger }: Session, cycle: string, number: number | undefined): Promise<Policy | null> {
  if (number === undefined) return null;
  const stored = (await storedJudgements(ledger.db, cycle)).find((judgement) => judgement.number === number);
  return Policy.safeParse(stored?.policy).data ?? null;
}

function nothingToDraw(cycle: string, evidence: string | null): ReignError {
  return evidence === null
    ? new ReignError('UsageInvalid', `${cycle} has no evidence to draw: it came to no judgement`)
    : new ReignError('StoreUnavailable', `the store that is reachable from here has no evidence/${evidence}`);
}
