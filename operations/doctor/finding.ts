import { z } from 'zod';
import { type ErrorCode, errors } from '../../schemas/errors.ts';
import { Message } from '../../schemas/message.ts';

/** One part, as it was found. */
export const Finding = z.strictObject({
  part: z.string(),
  /** `warning`: it works, but a person should know about it. */
  status: z.enum(['ok', 'warning', 'problem']),
  /** `message` in English. */
  found: z.string(),
  /** The same in any language, with its values. */
  message: Message,
  /** How to fix it; null where nothing is wrong. */
  advice: z.string().nullable(),
});
export type Finding = Readonly<z.infer<typeof Finding>>;

export const healthy = (part: string, message: Message): Finding => finding(part, 'ok', message, null);
export const sick = (part: string, message: Message, advice: string): Finding =>
  finding(part, 'problem', message, advice);
/** It works, but a person should know about it. */
export const noted = (part: string, message: Message, advice: string | null): Finding =>
  finding(part, 'warning', message, advice);
export const sickBy = (part: string, message: Message, code: ErrorCode): Finding =>
  sick(part, message, errors[code].advice);

const finding = (part: string, status: Finding['status'], message: Message, advice: string | null): Finding => ({
  ...{ part, status, found: message.text, message, advice },
});
