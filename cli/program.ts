import { Command } from 'commander';
import { commandList } from './commandList.ts';
import { exitCodesHelp } from './exitCodes.ts';
import type { ListedCommand } from './listedCommand.ts';
import type { Terminal } from './progress.ts';

/**
 * The program, not yet run.
 *
 * @param wanted the command that is run; of the others only their names are known
 */
export function createProgram(
  wanted: Command | undefined,
  { stdout, stderr }: { stdout: Terminal; stderr: Terminal },
): Command {
  const program = new Command('reign')
    .description('A model reigns until a challenger beats it.')
    .usage('COMMAND [--json]')
    // A command that has actions may have options of the same names as theirs.
    .enablePositionalOptions()
    .addHelpText('after', `\n${exitCodesHelp}`);
  for (const listed of commandList) program.addCommand(wanted?.name() === listed.name ? wanted : withNameOnly(listed));
  for (const command of withAll(program)) {
    if (command.commands.length === 0) command.option('--json', 'print one JSON document');
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: () => {}, outputError: () => {} })
      .configureHelp({ helpWidth: Math.min(100, stderr.columns ?? 100) });
  }
  return program;
}

function withNameOnly({ name, syntax, description }: ListedCommand): Command {
  const command = new Command(name).description(description);
  return syntax === '' ? command : command.arguments(syntax);
}

/** A command, and those below it. */
const withAll = (command: Command): Command[] => [command, ...command.commands.flatMap(withAll)];
