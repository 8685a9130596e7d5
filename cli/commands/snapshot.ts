import { Command } from 'commander';
import { perform } from '../../operations/operation.ts';
import { snapshotOperation } from '../../operations/snapshot.ts';
import type { Tell } from '../answer.ts';
import type { Session } from '../session.ts';

export const snapshotCommand = (session: Session, tell: Tell) =>
  new Command('snapshot')
    .description(snapshotOperation.description)
    .argument('<model>', 'such as flight-delay')
    .requiredOption('--as-of <time>', 'a date (midnight UTC) or a time with a zone, such as 2001-02-12')
    .action(async (model: string, { asOf }: { asOf: string }) => {
      const answer = await perform(snapshotOperation, session.context, { model, asOf });
      const line = (purpose: 'train' | 'holdout') => {
        const { from, to } = answer.windows[purpose];
        const { rows, contentHash } = answer.snapshots[purpose];
        return `${purpose.padEnd(8)} ${from} to ${to}  ${rows} rows  snapshots/${contentHash}`;
      };
      tell({ document: answer, text: () => [line('train'), line('holdout')].join('\n') });
    });
