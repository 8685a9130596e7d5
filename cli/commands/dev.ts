import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { errorOf } from '../../schemas/errors.ts';
import type { Addresses } from '../../settings/addresses.ts';
import { homeOf, shown } from '../../settings/home.ts';
import { shownUrl } from '../../settings/shownUrl.ts';
import { ensureLibraries } from '../../setup/ensure.mjs';
import { startStack } from '../../stack/stack.ts';
import type { Tell } from '../answer.ts';
import { fired } from '../fired.ts';
import type { Paint } from '../render/style.ts';
import { renderFields } from '../render/table.ts';
import type { Session } from '../session.ts';

export const devCommand = (session: Session, tell: Tell) =>
  new Command('dev')
    .description('start Postgres, Temporal, MLflow, a worker and a trainer, and run until Ctrl-C')
    .option('--with <library...>', 'first install libraries for pipelines, such as lightgbm; later starts keep them')
    .addHelpText(
      'after',
      '\nIf a setting names your own server, no embedded one is started for it: REIGN_LEDGER_URL,\nREIGN_CONNECTION_<NAME>, TEMPORAL_ADDRESS, MLFLOW_TRACKING_URI. Ctrl-C ends with exit code 0.',
    )
    .action(async ({ with: libraries = [] }: { with?: string[] }) => {
      const { env, interrupted, hurried } = session.surroundings;
      session.endsItself = true;
      const report = (line: string) => session.progress.say(line);
      if (libraries.length > 0) {
        session.progress.at('installing libraries');
        await ensureLibraries(libraries).catch((error: unknown) => {
          throw errorOf('StackFailed', 'start', { reason: error instanceof Error ? error.message : String(error) });
        });
      }
      session.progress.at('starting the stack');
      const stack = await startStack({ env, report, signal: interrupted }).catch((error: unknown) => {
        throw interrupted.aborted ? errorOf('Interrupted', 'starting') : error;
      });
      tell({
        document: { attached: stack.attached, ui: stack.addresses.ui, temporal: stack.addresses.temporal.address },
        text: ({ paint }) => textOf(stack.addresses, stack.attached, homeOf(env).passwordFile, paint),
      });
      const reason = await Promise.race([stack.ended, fired(interrupted)]);
      if (!interrupted.aborted)
        throw reason === undefined ? errorOf('StackFailed', 'ended') : errorOf('StackFailed', 'endedBy', { reason });
      report('Stopping.');
      await Promise.race([stack.stop(), fired(hurried).then(() => stack.stop({ now: true }))]);
    });

function textOf(addresses: Addresses, attached: boolean, passwordFile: string, paint: Paint) {
  const { ledgerUrl, connections, owners, temporal, trackerUri, ui } = addresses;
  // Tables are loaded by the role that owns the warehouse; Reign itself only reads them.
  const own = [...Object.values(owners.connections), ledgerUrl].find((url) => isOf(passwordFile, url));
  const fields = renderFields(
    [
      ['MLflow', ui.mlflow ?? trackerUri],
      ['Temporal', ui.temporal ?? temporal.address],
      ['ledger', shownUrl(ledgerUrl)],
      ...Object.entries(connections).map(([name, url]) => [name, shownUrl(url)] as const),
      ['psql', own === undefined ? null : `PGPASSFILE=${quoted(shown(passwordFile))} psql ${shownUrl(own)}`],
    ],
    paint,
  );
  const said = attached
    ? 'Reign is already running in another process. Ctrl-C leaves it running.'
    : 'Reign is running. Press Ctrl-C to stop it.';
  return `${said}\n${fields}`;
}

/** As a shell reads it. */
const quoted = (path: string) => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** Whether the file has the password of this database: of the embedded ones only. */
function isOf(passwordFile: string, url: string): boolean {
  try {
    const { hostname, port } = new URL(url);
    return readFileSync(passwordFile, 'utf8').startsWith(`${hostname}:${port}:`);
  } catch {
    return false;
  }
}
