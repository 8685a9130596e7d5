import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
/** Every folder of the product and of its benchmarks; tests name what they like. */
const sources = globSync('*/**/*.{ts,mts}', { cwd: root, exclude: ['node_modules/**', 'test/**', 'trainer/**'] });

/** Each migration has a step `up`: they are a list, not things of their own. */
const isMigration = (file: string) => file.startsWith('ledger/migrations/');

/** What a file declares and exports. A shape and the type that is inferred from it are one name. */
function exportedBy(file: string): Set<string> {
  const source = readFileSync(join(root, file), 'utf8');
  const names = new Set<string>();
  for (const item of parseSync(source, { syntax: 'typescript', target: 'es2022' }).body) {
    if (item.type !== 'ExportDeclaration') continue;
    const { declaration } = item;
    if (declaration.type === 'VariableDeclaration') {
      for (const { id } of declaration.declarations) if (id.type === 'Identifier') names.add(id.value);
    } else if ('identifier' in declaration) names.add(declaration.identifier.value);
    else if ('id' in declaration && declaration.id.type === 'Identifier') names.add(declaration.id.value);
  }
  return names;
}

test('one exported name is one thing', () => {
  const files = new Map<string, string[]>();
  for (const file of sources.filter((each) => !isMigration(each)).sort())
    for (const name of exportedBy(file)) files.set(name, [...(files.get(name) ?? []), file]);
  expect(files.size).toBeGreaterThan(300);
  const twice = [...files]
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => [name, ...places].join(' '));
  expect(twice).toEqual([]);
});
