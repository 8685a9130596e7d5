import { lookVerdict } from '../gate/probation.ts';
import { of } from '../gate/say.ts';
import type { Bounded, Evidence } from '../schemas/evidence.ts';
import type { Interval } from '../schemas/interval.ts';
import type { Message, Ranged } from '../schemas/message.ts';
import { day } from './day.ts';
import { tell } from './messages.ts';

/** What the last promotion promised, and what came of it; null where nothing was looked at again. */
export function followUpSaid({ followUp }: Pick<Evidence, 'followUp'>): Message | null {
  if (followUp === null) return null;
  const { cycle, promised, found, unmeasured, rows, window, complete, look } = followUp;
  const came =
    found === null
      ? (unmeasured ?? tell('nothing'))
      : tell('follow-up.found', { found: difference(found), rows: of(rows, 'row') });
  const values = { promised: difference(promised), cycle, from: day(window.from), to: day(window.to), came };
  if (look === undefined) return tell(complete ? 'follow-up.whole-period' : 'follow-up.so-far-period', values);
  const worse = lookVerdict(followUp) === 'worse';
  const numbers = { number: of(look.number, 'plain'), looks: of(look.of, 'plain') };
  return tell(worse ? 'follow-up.look-worse' : 'follow-up.look', { ...values, ...numbers });
}

/** The same in few words: `promoted at +0.0200, next period +0.0040`. */
export function followUpBrief({
  promised,
  found,
  complete,
}: {
  readonly promised: Bounded;
  readonly found: Interval | Bounded | null;
  readonly complete: boolean;
}): Message {
  return tell(complete ? 'follow-up.brief' : 'follow-up.brief-so-far', {
    promised: estimate(promised),
    came: found === null ? tell('follow-up.not-measured') : estimate(found),
  });
}

const difference = ({ estimate: value, low, high }: Bounded): Ranged => ({ estimate: value, low, high, signed: true });
const estimate = ({ estimate: value }: Bounded): Ranged => ({ estimate: value, low: null, high: null, signed: true });
