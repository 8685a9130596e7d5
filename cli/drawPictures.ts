import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Evidence } from '../schemas/evidence.ts';
import { runPython } from './python.ts';

/** Draws a document of evidence into a folder, which is made where it is missing; gives the paths of the pictures. */
export async function drawPictures(evidence: Evidence, folder: string, signal: AbortSignal): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'reign-plots-'));
  try {
    const document = join(scratch, 'evidence.json');
    await writeFile(document, JSON.stringify(evidence));
    const printed = await runPython('reign_trainer.plots', [document, resolve(folder)], signal);
    return printed
      .split('\n')
      .filter((name) => name !== '')
      .map((name) => join(folder, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
