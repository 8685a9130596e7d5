import { Command } from 'commander';
import type { Finding } from '../../operations/doctor/finding.ts';
import { doctorOperation } from '../../operations/doctor.ts';
import { perform } from '../../operations/operation.ts';
import type { Tell } from '../answer.ts';
import { lineageOption } from '../cycleArguments.ts';
import { exitCodes } from '../exitCodes.ts';
import type { Paint } from '../render/style.ts';
import { renderTable } from '../render/table.ts';
import type { Session } from '../session.ts';

export const doctorCommand = (session: Session, tell: Tell) =>
  new Command('doctor')
    .description(doctorOperation.description)
    .addOption(lineageOption())
    .action(async ({ lineage }: { lineage: string }) => {
      const answer = await perform(doctorOperation, session.context, { lineage });
      tell({
        document: answer,
        text: ({ paint }) => textOf(answer.findings, paint),
        exitCode: answer.ok ? exitCodes.ok : exitCodes.unreachable,
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
