import { styleText } from 'node:util';
import type { CycleStatus } from '../../schemas/cycle.ts';
import type { VerdictKind } from '../../schemas/verdict.ts';

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Paints a text, or leaves it as it is where colours are not wanted. */
export type Paint = (format: Format, text: string) => string;

export const plain: Paint = (_format, text) => text;
export const colored: Paint = (format, text) => styleText(format, text, { validateStream: false });

/** Colours only on a terminal that knows them, and never against NO_COLOR. */
export function paintFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const wanted = (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return stream.isTTY === true && wanted ? colored : plain;
}

export const verdictFormats: Record<VerdictKind, Format> = {
  promote: 'green',
  keep: 'dim',
  review: 'yellow',
  insufficient: 'yellow',
  invalid: 'red',
};

export const statusFormats: Record<CycleStatus, Format> = {
  running: 'cyan',
  waiting: 'cyan',
  promoted: 'green',
  kept: 'dim',
  superseded: 'dim',
  skipped: 'dim',
  failed: 'red',
  cancelled: 'yellow',
};
