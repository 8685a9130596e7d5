import type { NewRequest } from './requests.ts';

/** What a person says who changes the champion of a lineage by hand. */
export interface AskedChange {
  readonly model: string;
  readonly lineage: string;
  /** The epoch that the person saw reign: refused where another one reigns by now. */
  readonly epoch?: number | undefined;
  readonly reason: string;
  readonly asked: Pick<NewRequest, 'actor' | 'repeated'>;
}
