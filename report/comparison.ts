import { metricNames } from '../schemas/metrics.ts';
import { type ComparisonReport, type CycleReport, cycleFactNames } from '../schemas/report.ts';
import { tell } from './messages.ts';

/** Two cycles side by side. */
export function comparisonReport(one: CycleReport, other: CycleReport): ComparisonReport {
  const both = [one, other] as const;
  const names = both.flatMap(({ judgement }) => judgement.verdict?.checks.map(({ name }) => name) ?? []);
  return {
    notes: [...notesSaid(one, other)],
    facts: cycleFactNames.flatMap((name) => {
      const said = pair(both, ({ facts }) => facts.find((fact) => fact.name === name)?.said ?? null);
      return said[0] === null && said[1] === null ? [] : [{ name, said }];
    }),
    metrics: metricNames.flatMap((metric) => {
      const rows = pair(both, ({ judgement }) => judgement.metrics.find((row) => row.metric === metric) ?? null);
      return rows[0] === null && rows[1] === null ? [] : [{ metric, rows }];
    }),
    checks: [...new Set(names)].map((name) => {
      const made = pair(
        both,
        ({ judgement }) => judgement.verdict?.checks.find((check) => check.name === name) ?? null,
      );
      return { name, same: made[0]?.status === made[1]?.status, made };
    }),
  };
}

const pair = <Value>(
  [one, other]: readonly [CycleReport, CycleReport],
  of: (cycle: CycleReport) => Value,
): [Value, Value] => [of(one), of(other)];

function* notesSaid({ cycle: one }: CycleReport, { cycle: other }: CycleReport) {
  const rows = [one.snapshots.holdout, other.snapshots.holdout];
  if (one.model !== other.model) yield tell('comparison.other-model');
  if (rows.includes(null)) return;
  yield tell(rows[0] === rows[1] ? 'comparison.same-holdout' : 'comparison.other-holdout');
}
