import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { of } from '../../gate/say.ts';
import { tell } from '../../report/messages.ts';
import { pythonBin } from '../../settings/home.ts';
import { type Finding, healthy, sick } from './finding.ts';

const setUp = 'Run `npm run setup`.';

export function examineNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? healthy('Node', tell('doctor.node', { version: process.version }))
    : sick('Node', tell('doctor.node-old', { version: process.version, needed: of(24, 'plain') }), setUp);
}

const versions = `
import importlib.metadata as metadata, platform
print("Python " + platform.python_version(), *(f"{name} {metadata.version(name)}" for name in ("scikit-learn", "mlflow", "temporalio")), sep=", ")
`;

/** The trainer's environment, by the versions of what matters in it. */
export async function examinePython(): Promise<Finding> {
  const python = join(pythonBin, 'python');
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', versions], { timeout: 20_000 });
    return healthy('Python', tell('doctor.python', { versions: stdout.trim() }));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error);
    return sick('Python', tell('doctor.python-silent', { reason }), setUp);
  }
}
