import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const root = join(import.meta.dirname, '..');
/** TypeScript in the project, JavaScript in an installed package. */
const ending = extname(import.meta.filename);

/** The workflows' code in one file, bundled once for each state of the sources: a start then takes no second for it. */
export async function workflowBundle(home: string): Promise<{ codePath: string }> {
  const folder = join(home, 'cache');
  const codePath = join(folder, `workflows-${sourceHash()}.js`);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(root, `workflows/index${ending}`),
      logger: new DefaultLogger('WARN'),
    });
    await mkdir(folder, { recursive: true });
    const draft = `${codePath}.${process.pid}`;
    await writeFile(draft, code);
    await rename(draft, codePath);
  }
  return { codePath };
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const file of globSync(`{workflows,schemas,gate}/**/*${ending}`, { cwd: root }).sort())
    hash.update(file).update(readFileSync(join(root, file)));
  return hash
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
    .slice(0, 16);
}
