import type { Message } from '../../schemas/message.ts';
import type { ComparedNumber } from '../../schemas/report.ts';
import type { Check, CheckStatus } from '../../schemas/verdict.ts';

/** One thing that the gate looked at: what was found and required as messages, and the numbers behind them. */
export interface GateCheck {
  /** kebab-case, stable. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly measured: Message;
  readonly required: Message;
  readonly why: Message;
  readonly compared?: readonly ComparedNumber[];
}

/** As a verdict stores it: its English sentences. */
export const checkOf = ({ name, status, measured, required, why }: GateCheck): Check => ({
  name,
  status,
  measured: measured.text,
  required: required.text,
  why: why.text,
});

export const passedIf = (holds: boolean): CheckStatus => (holds ? 'passed' : 'failed');
