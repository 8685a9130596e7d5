import { of } from '../gate/say.ts';
import type { Bounded } from '../schemas/evidence.ts';
import type { Message } from '../schemas/message.ts';
import { tell } from './messages.ts';

/** One look at a promoted version, as the ledger has it. */
export interface ShownLook {
  readonly number: number;
  readonly of: number;
  readonly verdict: 'worse' | 'holds' | null;
  readonly found: Bounded | null;
}

/** How far a probation is, by its last look: `look 3 of 8: -0.0010 [-0.0040, +0.0020]`. */
export const lookSaid = ({ number, of: looks, verdict, found }: ShownLook): Message =>
  tell(verdict === 'worse' ? 'probation.look-worse' : 'probation.look', {
    ...{ number: of(number, 'plain'), looks: of(looks, 'plain') },
    found: found === null ? tell('follow-up.not-measured') : difference(found),
  });

const difference = ({ estimate, low, high }: Bounded) => ({ estimate, low, high, signed: true });
