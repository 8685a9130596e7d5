import { listed, titleOf } from '../gate/say.ts';
import type { PrimaryResult } from '../schemas/cycle.ts';
import type { FollowUp } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import type { HistoryReport } from '../schemas/report.ts';
import { followUpBrief } from './followUp.ts';
import { tell } from './messages.ts';
import { lookSaid, type ShownLook } from './probation.ts';

/** What is known of a reign. */
interface KnownReign {
  readonly epoch: number;
  readonly primary: PrimaryResult | null;
  readonly followUp: Pick<FollowUp, 'promised' | 'found' | 'complete'> | null;
  readonly probation: {
    readonly of: number;
    readonly looks: readonly Omit<ShownLook, 'of'>[];
  } | null;
}

/** What the reigns of a model won by, and what came of it. */
export const historyReport = (reigns: readonly KnownReign[]): HistoryReport =>
  reigns.map(({ epoch, primary, followUp, probation }) => ({
    epoch,
    won: primary === null ? null : wonSaid(primary),
    since: sinceSaid(followUp, probation),
  }));

function sinceSaid(followUp: KnownReign['followUp'], probation: KnownReign['probation']): Message | null {
  if (followUp === null) return null;
  const brief = followUpBrief(followUp);
  const last = probation?.looks.at(-1);
  if (probation === null || last === undefined) return brief;
  return tell('parts', { parts: listed([brief, lookSaid({ ...last, of: probation.of })], '; ') });
}

function wonSaid({ metric, difference, low, high }: PrimaryResult): Message | null {
  if (difference === null) return null;
  return tell('history.won', {
    metric: titleOf(metric),
    difference: { estimate: difference, low, high, signed: true },
  });
}
