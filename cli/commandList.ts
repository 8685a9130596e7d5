import type { ListedCommand } from './listedCommand.ts';

/** Every command, in the order of the help. */
export const commandList: readonly ListedCommand[] = [
  {
    name: 'dev',
    syntax: '',
    description: 'start Postgres, Temporal, MLflow, a worker and a trainer, and run until Ctrl-C',
    load: async () => (await import('./commands/dev.ts')).devCommand,
  },
  {
    name: 'demo',
    syntax: '',
    description: 'start everything, retrain on three million real flights week by week, and print the verdicts',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  {
    name: 'init',
    syntax: '<model>',
    description: 'write a definition and a pipeline to begin with, in models/MODEL',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'apply',
    syntax: '<file>',
    description: 'check a definition, and store it as a new version if something changed',
    load: async () => (await import('./commands/apply.ts')).applyCommand,
  },
  {
    name: 'try',
    syntax: '<file>',
    description: 'show what a cycle of this definition would decide, without writing to the ledger or the registry',
    load: async () => (await import('./commands/try.ts')).tryCommand,
  },
  {
    name: 'retrain',
    syntax: '<model>',
    description: 'start the cycle of a model for one asOf; join it if it is running, show it if it has a result',
    load: async () => (await import('./commands/retrain.ts')).retrainCommand,
  },
  {
    name: 'backfill',
    syntax: '<model>',
    description: 'retrain a stretch of the past as a line of champions of its own; the live champion stays',
    load: async () => (await import('./commands/backfill.ts')).backfillCommand,
  },
  {
    name: 'challenge',
    syntax: '<model>',
    description: 'judge a version that you fitted and registered in MLflow yourself against the champion',
    load: async () => (await import('./commands/challenge.ts')).challengeCommand,
  },
  {
    name: 'snapshot',
    syntax: '<model>',
    description: 'extract the training and holdout rows that a cycle of a model would have, for a notebook',
    load: async () => (await import('./commands/snapshot.ts')).snapshotCommand,
  },
  {
    name: 'schedule',
    syntax: '[model] [action]',
    description: 'show when a model is retrained, and pause, resume or run it now',
    load: async () => (await import('./commands/schedule.ts')).scheduleCommand,
  },
  {
    name: 'retry',
    syntax: '<cycle> [asOf]',
    description: 'make a cycle that waits because something is down try again at once',
    load: async () => (await import('./commands/retry.ts')).retryCommand,
  },
  {
    name: 'cancel',
    syntax: '<cycle> [asOf]',
    description: 'end a cycle that is running or waiting; a later retrain starts a new attempt',
    load: async () => (await import('./commands/cancel.ts')).cancelCommand,
  },
  {
    name: 'waiting',
    syntax: '',
    description:
      'list what waits: cycles for a person, for rows or for a fault to be fixed, and rollbacks that are proposed',
    load: async () => (await import('./commands/waiting.ts')).waitingCommand,
  },
  {
    name: 'approve',
    syntax: '<cycle> [asOf]',
    description: 'promote the challenger of a cycle that waits for a person, or carry out a proposed rollback',
    load: async () => (await import('./commands/approve.ts')).approveCommand,
  },
  {
    name: 'reject',
    syntax: '<cycle> [asOf]',
    description: 'keep the champion where a cycle waits for a person, or a rollback is proposed',
    load: async () => (await import('./commands/reject.ts')).rejectCommand,
  },
  {
    name: 'rollback',
    syntax: '<model>',
    description:
      'make an earlier champion the champion again; promotions then need a person until somebody resumes them',
    load: async () => (await import('./commands/rollback.ts')).rollbackCommand,
  },
  {
    name: 'resume-promotions',
    syntax: '<model>',
    description: 'let the gate promote by itself again after a rollback',
    load: async () => (await import('./commands/resumePromotions.ts')).resumePromotionsCommand,
  },
  {
    name: 'promote',
    syntax: '<model>',
    description: 'make a version champion against the verdict keep or insufficient; this stays visible as an override',
    load: async () => (await import('./commands/promote.ts')).promoteCommand,
  },
  {
    name: 'retire',
    syntax: '<model>',
    description: 'stop retraining a model; its champion and its history stay',
    load: async () => (await import('./commands/retire.ts')).retireCommand,
  },
  {
    name: 'delete',
    syntax: '<model>',
    description: 'delete a model that never had a champion, with its runs in MLflow and its files in the store',
    load: async () => (await import('./commands/delete.ts')).deleteCommand,
  },
  {
    name: 'models',
    syntax: '',
    description: 'list the models that have been applied',
    load: async () => (await import('./commands/models.ts')).modelsCommand,
  },
  {
    name: 'inventory',
    syntax: '',
    description: 'list every model with what it is for, who answers for it, and when it was validated',
    load: async () => (await import('./commands/inventory.ts')).inventoryCommand,
  },
  {
    name: 'cycles',
    syntax: '<model>',
    description: 'list the cycles of a model, oldest asOf first',
    load: async () => (await import('./commands/cycles.ts')).cyclesCommand,
  },
  {
    name: 'show',
    syntax: '<cycle> [asOf]',
    description: 'show one cycle as a report: what was judged, on which rows, what was decided and why',
    load: async () => (await import('./commands/show.ts')).showCommand,
  },
  {
    name: 'compare',
    syntax: '<cycle> <other> [otherAsOf]',
    description: 'compare two cycles: their windows, versions, metrics, checks and definitions',
    load: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  {
    name: 'verify',
    syntax: '[cycle] [asOf]',
    description: 'recompute the evidence and the verdict of a cycle from what was stored, and say what differs',
    load: async () => (await import('./commands/verify.ts')).verifyCommand,
  },
  {
    name: 'explain',
    syntax: '[check]',
    description: 'explain what a check of the gate means; without a name, explain all checks',
    load: async () => (await import('./commands/explain.ts')).explainCommand,
  },
  {
    name: 'gate',
    syntax: '',
    description: 'use the gate without a cycle',
    load: async () => (await import('./commands/gate.ts')).gateCommand,
  },
  {
    name: 'history',
    syntax: '<model>',
    description: 'list the champions of a model: from when to when, what each one beat, why, and who decided',
    load: async () => (await import('./commands/history.ts')).historyCommand,
  },
  {
    name: 'champion',
    syntax: '<model>',
    description: 'show which version of a model reigns, or reigned at a time, since when, and who decided that',
    load: async () => (await import('./commands/champion.ts')).championCommand,
  },
  {
    name: 'budget',
    syntax: '<model>',
    description: 'show how often the gate may be wrong in a year, and how much of that is spent and left',
    load: async () => (await import('./commands/budget.ts')).budgetCommand,
  },
  {
    name: 'notify',
    syntax: '',
    description: 'test endpoints for notifications, and list or retry what has not arrived',
    load: async () => (await import('./commands/notify.ts')).notifyCommand,
  },
  {
    name: 'reconcile',
    syntax: '',
    description: 'compare the ledger with MLflow, Temporal and the store, and put right what differs',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  },
  {
    name: 'gc',
    syntax: '',
    description:
      'remove features whose retention has passed and, after 30 days, what nothing refers to in the store and MLflow',
    load: async () => (await import('./commands/gc.ts')).gcCommand,
  },
  {
    name: 'doctor',
    syntax: '',
    description: 'check every part: what is reachable, in which version, and how to fix what is not',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  {
    name: 'logs',
    syntax: '[part]',
    description: 'show the logs of the embedded servers, the worker and the trainer',
    load: async () => (await import('./commands/logs.ts')).logsCommand,
  },
  {
    name: 'migrate',
    syntax: '',
    description: "upgrade the ledger's tables, and give the working role its rights",
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  {
    name: 'completion',
    syntax: '<shell>',
    description: 'print a script that completes commands and options: for bash, zsh or fish',
    load: async () => (await import('./commands/completion.ts')).completionCommandOf(commandList),
  },
];

/** The command that a command line is about: its first word, or the one that `help` is asked of. */
export function wantedCommand(args: readonly string[]): ListedCommand | undefined {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const name = words[0] === 'help' ? words[1] : words[0];
  return commandList.find((command) => command.name === name);
}
