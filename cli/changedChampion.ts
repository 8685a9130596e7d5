import type { ChangedChampion } from '../operations/changedChampion.ts';

/** What a person did to the champion, and what comes next. */
export function changedChampionText({
  model,
  kind,
  epoch,
  version,
  replaced,
  overrode,
  held,
  alias,
}: ChangedChampion): string {
  const reigns = kind === 'rollback' ? 'reigns again' : `reigns against the verdict ${overrode?.verdict ?? ''}`.trim();
  const before = replaced === null ? '' : `, instead of version ${replaced}`;
  const lines = [
    `${model}: version ${version ?? '(of a backfill)'} ${reigns}${before} (epoch ${epoch}).`,
    ...(alias.follows
      ? []
      : [`MLflow's alias does not follow yet: ${alias.pending} A worker tries again until it does.`]),
    ...(held
      ? [
          `From now on promotions need a person. To let the gate promote again: reign resume-promotions ${model} --reason TEXT`,
        ]
      : []),
  ];
  return lines.join('\n');
}
