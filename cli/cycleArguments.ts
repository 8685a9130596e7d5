import { type Command, Option } from 'commander';
import type { z } from 'zod';
import type { CycleName } from '../operations/cycleName.ts';
import { liveLineage } from '../schemas/lineage.ts';

/** `--lineage NAME`: what a command without it is about. */
export const lineageOption = () => new Option('--lineage <lineage>', 'the line of champions').default(liveLineage);

/** The arguments by which commands name a cycle: its id, or a model and an asOf. */
export const withCycleArguments = (
  command: Command,
  { isOptional = false, meaning = 'its id; or a model, followed by an asOf' } = {},
): Command =>
  command
    .argument(isOptional ? '[cycle]' : '<cycle>', meaning)
    .argument('[asOf]', 'the asOf of the cycle, such as 2001-02-12')
    .addOption(lineageOption());

/** The same as operations take it. */
export const cycleName = (
  cycle: string,
  asOf: string | undefined,
  { lineage }: { lineage: string },
): z.input<typeof CycleName> => ({ cycle, lineage, ...(asOf === undefined ? {} : { asOf }) });
