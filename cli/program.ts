import { Command } from 'commander';
import type { Tell } from './answer.ts';
import { applyCommand } from './commands/apply.ts';
import { budgetCommand } from './commands/budget.ts';
import { cancelCommand } from './commands/cancel.ts';
import { cyclesCommand } from './commands/cycles.ts';
import { demoCommand } from './commands/demo.ts';
import { devCommand } from './commands/dev.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { gateCommand } from './commands/gate.ts';
import { historyCommand } from './commands/history.ts';
import { migrateCommand } from './commands/migrate.ts';
import { modelsCommand } from './commands/models.ts';
import { retrainCommand } from './commands/retrain.ts';
import { retryCommand } from './commands/retry.ts';
import { showCommand } from './commands/show.ts';
import { tryCommand } from './commands/try.ts';
import { verifyCommand } from './commands/verify.ts';
import { exitCodesHelp } from './exitCodes.ts';
import type { Terminal } from './progress.ts';
import type { Session } from './session.ts';

/** The commands, not yet run. */
export function createProgram(
  session: Session,
  tell: Tell,
  { stdout, stderr }: { stdout: Terminal; stderr: Terminal },
): Command {
  const program = new Command('reign')
    .description('A model reigns until a challenger beats it.')
    .usage('COMMAND [--json]')
    .addHelpText('after', `\n${exitCodesHelp}`);
  for (const command of commands) program.addCommand(command(session, tell));
  for (const command of withAll(program)) {
    if (command.commands.length === 0) command.option('--json', 'print one JSON document');
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: () => {}, outputError: () => {} })
      .configureHelp({ helpWidth: Math.min(100, stderr.columns ?? 100) });
  }
  return program;
}

/** A command, and those below it. */
const withAll = (command: Command): Command[] => [command, ...command.commands.flatMap(withAll)];

const commands: readonly ((session: Session, tell: Tell) => Command)[] = [
  devCommand,
  demoCommand,
  applyCommand,
  tryCommand,
  retrainCommand,
  retryCommand,
  cancelCommand,
  modelsCommand,
  cyclesCommand,
  showCommand,
  verifyCommand,
  explainCommand,
  gateCommand,
  historyCommand,
  budgetCommand,
  doctorCommand,
  migrateCommand,
];
