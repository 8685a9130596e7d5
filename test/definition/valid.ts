/** A definition that is valid, as text; tests change one thing about it. */
export const validDefinition = `model: flight-delay
task: binary
source:
  query: |
    select id, date, late, distance, origin
    from flights
  rowId: id
  eventTime: date
  label: late
  labels: complete
  features: [distance, origin]
label:
  classes: [0, 1]
windows:
  horizon: P1D
  lag: PT6H
  train: P4W
  holdout: P2W
pipeline:
  entrypoint: pipeline.py:build
gate:
  primary: roc_auc
  guardrails:
    - metric: log_loss
      margin: 0.01
schedule:
  cron: 0 6 * * MON
`;

/** The same text with one line replaced by others (or by none). */
export function withLine(line: string, ...others: string[]): string {
  const lines = validDefinition.split('\n');
  const at = lines.findIndex((each) => each.trim() === line);
  if (at < 0) throw new TypeError(`the valid definition has no line ${line}`);
  lines.splice(at, 1, ...others);
  return lines.join('\n');
}
