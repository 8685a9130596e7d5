import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonBin } from '../../settings/home.ts';

export interface Wheel {
  name: string;
  version: string;
  /** What it requires, as in `base>=1`. */
  needs?: string;
  /** A file that becomes a program of the same name. */
  program?: string;
}

const writeWheel = `
import json, sys, zipfile
wheel = json.loads(sys.argv[2])
name, version = wheel["name"], wheel["version"]
info = f"{name}-{version}.dist-info"
with zipfile.ZipFile(f"{sys.argv[1]}/{name}-{version}-py3-none-any.whl", "w") as file:
    contents = {
        f"{name}.py": b"",
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    if "needs" in wheel:
        contents[f"{info}/METADATA"] += f"Requires-Dist: {wheel['needs']}\\n".encode()
    if "program" in wheel:
        contents[f"{name}-{version}.data/scripts/{name}"] = open(wheel["program"], "rb").read()
    contents[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*contents, f"{info}/RECORD"]).encode()
    for path, content in contents.items():
        entry = zipfile.ZipInfo(path)
        entry.external_attr = 0o100755 << 16
        file.writestr(entry, content)
`;

/** Writes wheels that install in no time; answers each as a requirement with its hash. */
export function writeWheels(folder: string, wheels: readonly Wheel[]): string[] {
  mkdirSync(folder, { recursive: true });
  return wheels.map((wheel) => {
    execFileSync(join(pythonBin, 'python'), ['-c', writeWheel, folder, JSON.stringify(wheel)]);
    const file = join(folder, `${wheel.name}-${wheel.version}-py3-none-any.whl`);
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    return `${wheel.name}==${wheel.version} \\\n    --hash=sha256:${hash}\n`;
  });
}

/** Makes `<root>/.reign/python` with the pip of the tests' own environment: to install one takes twenty times as long. */
export function smallEnvironment(root: string): void {
  const environment = join(root, '.reign', 'python');
  execFileSync(join(pythonBin, 'python'), ['-m', 'venv', '--without-pip', environment]);
  writeFileSync(join(sitePackages(join(environment, 'bin')), 'pip.pth'), sitePackages(pythonBin));
}

/** Where the environment with this folder of programs keeps its packages. */
export function sitePackages(bin: string): string {
  const code = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  return execFileSync(join(bin, 'python'), ['-c', code], { encoding: 'utf8' }).trim();
}

/** The version of a package in `<root>/.reign/python` and the program that installed it, if it is there. */
export function installed(root: string, name: string): { version: string; installer: string } | undefined {
  const code = `
import importlib.metadata as m, json
try: print(json.dumps({"version": m.version("${name}"), "installer": m.distribution("${name}").read_text("INSTALLER").strip()}))
except m.PackageNotFoundError: print("null")`;
  const python = join(root, '.reign', 'python', 'bin', 'python');
  return JSON.parse(execFileSync(python, ['-c', code], { encoding: 'utf8' })) ?? undefined;
}
