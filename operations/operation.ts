import type { z } from 'zod';
import { errorOf } from '../schemas/errors.ts';

/**
 * One thing that a person or a program can ask of Reign. The command line, the API and the tests are doors to it: it never
 * prints, never exits, and gets content and connections instead of paths and addresses.
 */
export interface Operation<Needs, Request extends z.ZodType, Answer extends z.ZodType> {
  /** What the command line and the API call it. */
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly description: string;
  readonly request: Request;
  readonly answer: Answer;
  /** @param context what it needs of `OperationContext`, and no more */
  readonly run: (context: Needs, request: z.output<Request>) => Promise<z.input<Answer>>;
}

/** States an operation; the types follow from its schemas. */
export const operation = <Needs, Request extends z.ZodType, Answer extends z.ZodType>(
  stated: Operation<Needs, Request, Answer>,
): Operation<Needs, Request, Answer> => stated;

/** The answer of an operation, as those who show it get it. */
export type AnswerOf<O extends { readonly answer: z.ZodType }> = z.output<O['answer']>;

/**
 * Performs an operation, and checks its request and its answer against their schemas for every caller.
 *
 * ```ts
 * const { cycles } = await perform(cyclesOperation, { ledger }, { model: 'flight-delay' });
 * ```
 *
 * @throws ReignError UsageInvalid where the request is not what the operation takes
 */
export async function perform<Needs, Request extends z.ZodType, Answer extends z.ZodType>(
  { name, request: shape, answer, run }: Operation<Needs, Request, Answer>,
  context: Needs,
  request: z.input<Request>,
): Promise<z.output<Answer>> {
  const parsed = shape.safeParse(request);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      [path.join('.'), message].filter(Boolean).join(': '),
    );
    throw errorOf('UsageInvalid', 'command', { problem: `${name}: ${problems.join('; ')}` });
  }
  return await answer.parseAsync(await run(context, parsed.data));
}
