import { titleOf } from '../gate/say.ts';
import type { PrimaryResult } from '../schemas/cycle.ts';
import type { FollowUp } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { HistoryReport } from '../schemas/report.ts';
import { followUpBrief } from './followUp.ts';
import { tell } from './messages.ts';

/** What is known of a reign. */
interface KnownReign {
  readonly epoch: number;
  readonly primary: PrimaryResult | null;
  readonly followUp: Pick<FollowUp, 'promised' | 'found' | 'complete'> | null;
}

/** What the reigns of a model won by, and what came of it. */
export const historyReport = (reigns: readonly KnownReign[]): HistoryReport =>
  reigns.map(({ epoch, primary, followUp }) => ({
    epoch,
    won: primary === null ? null : wonSaid(primary),
    since: followUp === null ? null : followUpBrief(followUp),
  }));

function wonSaid({ metric, difference, low, high }: PrimaryResult): Message | null {
  if (difference === null) return null;
  return tell('history.won', {
    metric: titleOf(metric),
    difference: { estimate: difference, low, high, signed: true },
  });
}
