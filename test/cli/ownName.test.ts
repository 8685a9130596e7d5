import { expect, test } from 'vitest';
import { namedAsCalled } from '../../cli/ownName.ts';
import { examineNode } from '../../operations/doctor/machine.ts';
import { errorOf } from '../../schemas/errors.ts';

test('an installed package advises commands that it has', () => {
  let written = '';
  const terminal = namedAsCalled({ write: (text) => (written += text) }, true);
  const { version } = process;
  try {
    Object.defineProperty(process.versions, 'node', { value: '22.1.0' });
    terminal.write(examineNode().advice ?? '');
  } finally {
    Object.defineProperty(process.versions, 'node', { value: version.slice(1) });
  }
  terminal.write(errorOf('StackFailed', 'pythonMissing').message);
  terminal.write('Start the stack with `npm run -s reign -- dev`.');
  expect(written).not.toContain('npm');
  expect(written.match(/`reign dev`/g)).toHaveLength(3);
});
