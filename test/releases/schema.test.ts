import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate } from '../../ledger/migrate.ts';
import { openLedger } from '../../ledger/openLedger.ts';
import { schemaOf } from '../ledger/schemaOf.ts';
import { withLedger } from '../ledger/withLedger.ts';
import { withDatabase, workingRole } from '../postgres.ts';
import { recordedVersions } from './recorded.ts';
import { releaseFolder, runFile } from './restore.ts';

test.each(recordedVersions())('the ledger of release %s becomes what a fresh installation has', async (version) => {
  await using fresh = await withLedger();
  const expected = await schemaOf(fresh.owner, workingRole);
  await using database = await withDatabase();
  await runFile(database.url, join(releaseFolder(version), 'ledger.sql'));
  const { db, close } = openLedger(database.url);
  try {
    expect(await schemaOf(db, workingRole)).not.toEqual(expected);
    await migrate(db, workingRole);
    expect(await schemaOf(db, workingRole)).toEqual(expected);
  } finally {
    await close();
  }
});
