import { Command } from 'commander';
import type { Tell } from '../answer.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Paint } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import type { Session } from '../session.ts';

export const doctorCommand = (session: Session, tell: Tell) =>
  new Command('doctor')
    .description('check every part: what is reachable, in which version, and how to fix what is not')
    .action(async () => {
      session.progress.at('looking at every part');
      const findings = await examine(session.surroundings.env);
      const sick = findings.filter(({ status }) => status === 'problem');
      tell({
        document: { ok: sick.length === 0, findings },
        text: ({ paint }) => textOf(findings, paint),
        exitCode: sick.length === 0 ? exitCodes.ok : exitCodes.unreachable,
      });
    });

const marks = (paint: Paint): Record<Finding['status'], string> => ({
  ok: paint('green', '✓'),
  warning: paint('yellow', '!'),
  problem: paint('red', '✗'),
});

function textOf(findings: readonly Finding[], paint: Paint): string {
  const rows = findings.map(({ part, status, found }) => [marks(paint)[status], part, found]);
  const table = renderTable([{ title: '' }, { title: 'part' }, { title: 'found' }], rows, paint);
  const advised = findings.flatMap(({ part, advice }) => (advice === null ? [] : [`${part}: ${advice}`]));
  return advised.length === 0 ? table : `${table}\n\n${paint('bold', 'To fix')}\n${[...new Set(advised)].join('\n')}`;
}
