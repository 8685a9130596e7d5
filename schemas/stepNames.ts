/** Activities that are called otherwise where a person looks on. */
const stepNames: Readonly<Record<string, string>> = {
  describeSource: 'check the query',
  checkPipeline: 'check the pipeline',
  openRun: 'open the run in MLflow',
  registerVersion: 'register the version in MLflow',
  nameObservations: 'store what was observed',
  track: 'log the fit to MLflow',
  showTraining: 'draw the training in MLflow',
  chargeError: 'charge the error budget',
  showEvidence: 'draw the evidence in MLflow',
  noteFault: 'note the fault',
  noteMended: 'note that it goes on',
  noteUnshown: 'note what was not drawn',
  dueCycle: 'look what is due',
  reconcile: 'compare with the ledger',
  keepRowIds: 'keep row ids apart',
  takeTurn: 'wait for its turn',
  contest: 'plan the contest',
  nextDates: 'look what is next',
  askForApproval: 'ask a person',
  hearApproval: 'look for a decision',
  findVersion: 'look the version up in MLflow',
  admit: 'register the version in the ledger',
  examine: 'examine the version',
  trivial: 'measure the trivial predictor',
  claimChallenge: 'claim the cycle',
  planChallenge: 'plan',
  planSnapshots: 'plan',
  planTry: 'plan',
  inspectTry: 'inspect',
  decideTry: 'decide',
};

/** The step in which a cycle waits for somebody to approve or reject its challenger. */
export const personStep = 'wait for a person';

/** The step in which a challenge waits until the rows of its holdout have matured. */
export const rowsStep = 'wait for its rows';

/** What a step is called where a person reads it. */
export const stepName = (activity: string): string => stepNames[activity] ?? activity;
