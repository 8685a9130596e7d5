import { Command } from 'commander';
import { errorOf } from '../../schemas/errors.ts';
import type { Tell } from '../answer.ts';
import { type CompletedCommand, completionScripts } from '../completionScripts.ts';
import type { ListedCommand, MakeCommand } from '../listedCommand.ts';
import type { Session } from '../session.ts';

const shells = Object.keys(completionScripts);

/** @param listed every command */
export const completionCommandOf =
  (listed: readonly ListedCommand[]): MakeCommand =>
  (session, tell) =>
    new Command('completion')
      .description('print a script that completes commands and options: for bash, zsh or fish')
      .argument('<shell>', shells.join(', '))
      .addHelpText(
        'after',
        `
bash  echo 'source <(reign completion bash)' >> ~/.bashrc
zsh   echo 'source <(reign completion zsh)' >> ~/.zshrc
fish  reign completion fish > ~/.config/fish/completions/reign.fish`,
      )
      .action(async (shell: string) => {
        const script =
          shell in completionScripts ? completionScripts[shell as keyof typeof completionScripts] : undefined;
        if (script === undefined)
          throw errorOf('UsageInvalid', 'shellUnknown', { shell: JSON.stringify(shell), shells: shells.join(', ') });
        const text = script(await everyCommand(listed, session, tell));
        tell({ document: { shell, script: text }, text: () => text.trimEnd() });
      });

/** Every command with its options: all of them are loaded. */
const everyCommand = (listed: readonly ListedCommand[], session: Session, tell: Tell): Promise<CompletedCommand[]> =>
  Promise.all(
    listed.map(async ({ name, description, load }) => {
      const command = (await load())(session, tell);
      // Below `gate` there is one command: its options are those that can be meant.
      const deepest = command.commands[0] ?? command;
      const takesFile = deepest.registeredArguments.some((argument) => argument.name() === 'file');
      return {
        ...{ name, description, takesFile },
        words: command.commands.map((below) => below.name()),
        options: ['--json', '--help', ...deepest.options.map(({ long }) => long ?? '')].filter(
          (option) => option !== '',
        ),
      };
    }),
  );
