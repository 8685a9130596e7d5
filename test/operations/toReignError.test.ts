import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { toReignError } from '../../operations/toReignError.ts';
import { largestInlineBytes } from '../../schemas/limits.ts';
import { claimCheck } from '../../store/claimCheck.ts';
import { openStore } from '../../store/openStore.ts';

it('says what is wrong with the store where a large argument cannot be stored', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reign-test-error-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'file'), '');
  const encoding = claimCheck(openStore(join(folder, 'file'))).encode([{ data: Buffer.alloc(largestInlineBytes + 1) }]);
  const error = toReignError(await encoding.catch((thrown: unknown) => thrown));
  expect(error).toMatchObject({ code: 'StoreUnavailable', message: expect.stringContaining('Cannot write payloads/') });
});
