import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { projectFolder } from '../../settings/home.ts';
import { installPythonEnvironment, pythonEnvironmentIsThere } from '../../setup/pythonEnvironment.mjs';
import { runs, temporaryFolder, until } from '../stack/testHome.ts';
import { installed, smallEnvironment, writeWheels } from './smallEnvironment.ts';

/** It is there once uv has set this project up. */
const realUv = join(projectFolder, '.reign', 'uv', 'bin', 'uv');

/** A project whose environment is made, and whose requirements are small wheels in `index/`. */
class Project {
  readonly root = temporaryFolder();
  readonly log = join(this.root, '.reign', 'logs', 'setup.log');
  readonly index = join(this.root, 'index');

  constructor() {
    const trainer = join(this.root, 'trainer');
    mkdirSync(trainer);
    const pins = writeWheels(this.index, [
      { name: 'base', version: '1.0' },
      { name: 'checker', version: '3.0' },
    ]);
    writeFileSync(join(trainer, 'requirements.txt'), pins[0] ?? '');
    writeFileSync(join(trainer, 'requirements-dev.txt'), pins[1] ?? '');
    writeFileSync(join(trainer, 'requirements-uv.txt'), `uv==9.9 --hash=sha256:${'0'.repeat(64)}\n`);
    smallEnvironment(this.root);
    // As if the requirements had changed since.
    const folder = join(this.root, '.reign', 'python');
    writeFileSync(join(folder, 'reign-setup.json'), JSON.stringify({ folder, requirements: 'older', dev: null }));
  }

  /** Puts this program into the index as uv. */
  useUv(program: string): void {
    const [pin = ''] = writeWheels(this.index, [{ name: 'uv', version: '1.0', program }]);
    writeFileSync(join(this.root, 'trainer', 'requirements-uv.txt'), pin);
  }

  useScriptAsUv(script: string): void {
    const file = join(this.root, 'uv.sh');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    this.useUv(file);
  }

  /** Makes or completes the environment; answers what a person saw. */
  async install(dev = false): Promise<string> {
    const shown = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      await installPythonEnvironment(this.root, dev, this.log);
      return shown.mock.calls.join('');
    } finally {
      shown.mockRestore();
    }
  }
}

let project: Project;
beforeEach(() => {
  project = new Project();
  for (const name of Object.keys(process.env).filter((key) => /^(PIP|UV)_/.test(key))) vi.stubEnv(name, undefined);
  vi.stubEnv('PIP_CONFIG_FILE', '/dev/null');
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', project.index);
  return () => vi.unstubAllEnvs();
});

describe('the packages of the Python environment', () => {
  it('are installed by pip where uv fails', async () => {
    project.useScriptAsUv('echo "error: no such platform" >&2; exit 2');
    const shown = await project.install(true);
    expect(shown).toContain('uv could not install the Python packages (its output is in .reign/logs/setup.log)');
    expect(readFileSync(project.log, 'utf8')).toContain('error: no such platform');
    expect(installed(project.root, 'base')).toEqual({ version: '1.0', installer: 'pip' });
    expect(installed(project.root, 'checker')).toEqual({ version: '3.0', installer: 'pip' });
    expect(pythonEnvironmentIsThere(project.root, true)).toBe(true);
  });

  it('are refused where there is no uv and a file is not the pinned one', async () => {
    writeWheels(project.index, [{ name: 'base', version: '1.0', needs: 'checker' }]);
    await expect(project.install()).rejects.toThrow(/DO NOT MATCH THE HASHES[\s\S]*Check the network/);
    expect(installed(project.root, 'base')).toBeUndefined();
    expect(pythonEnvironmentIsThere(project.root, false)).toBe(false);
  });

  it('are not tried with pip after an interruption', async () => {
    project.useScriptAsUv(`mkdir -p "$UV_CACHE_DIR"; echo $$ > ${project.root}/uv.pid; exec sleep 100`);
    const module = JSON.stringify(join(projectFolder, 'setup', 'pythonEnvironment.mjs'));
    const [root, log] = [JSON.stringify(project.root), JSON.stringify(project.log)];
    const program = `
      const { installPythonEnvironment } = await import(${module});
      await installPythonEnvironment(${root}, false, ${log}).catch((error) => { console.log(error.message); process.exitCode = 1; });`;
    const setup = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    setup.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const pidFile = join(project.root, 'uv.pid');
    await until('uv runs', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
    setup.kill('SIGTERM');
    expect(await once(setup, 'close')).toEqual([1, null]);
    expect(said).toContain('Python packages failed (ended by SIGTERM)');
    expect(runs(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
    expect(installed(project.root, 'base')).toBeUndefined();
    expect(pythonEnvironmentIsThere(project.root, false)).toBe(false);
    // What uv has fetched by then is kept for the next set-up.
    expect(existsSync(join(project.root, '.reign', 'uv', 'cache'))).toBe(true);
  });

  it('are asked for where pip would ask, also if uv is configured otherwise', async () => {
    const seen = join(project.root, 'seen');
    project.useScriptAsUv(`env | grep -E '^(UV_|SSL_CERT_FILE|ALL_PROXY)' | sort > ${seen}`);
    const configured = join(project.root, 'pip.conf');
    writeFileSync(
      configured,
      [
        '[global]',
        'index-url = https://global.example/simple',
        'extra-index-url =',
        '  https://one.example/simple',
        '  https://two.example/simple',
        'trusted-host = one.example',
        'cert = /etc/all.pem',
        'proxy = http://proxy.example:3128',
        '[install]',
        'cert = /etc/team.pem',
      ].join('\n'),
    );
    vi.stubEnv('PIP_CONFIG_FILE', configured);
    vi.stubEnv('PIP_INDEX_URL', 'https://env.example/simple');
    vi.stubEnv('UV_DEFAULT_INDEX', 'https://uv.example/simple');
    vi.stubEnv('SSL_CERT_FILE', '/etc/other.pem');
    await project.install();
    expect(readFileSync(seen, 'utf8').trim().split('\n')).toEqual([
      'ALL_PROXY=http://proxy.example:3128',
      'SSL_CERT_FILE=/etc/team.pem',
      `UV_CACHE_DIR=${join(project.root, '.reign', 'uv', 'cache')}`,
      'UV_DEFAULT_INDEX=https://env.example/simple',
      `UV_FIND_LINKS=${project.index}`,
      'UV_INDEX=https://one.example/simple https://two.example/simple',
      'UV_INDEX_STRATEGY=unsafe-best-match',
      'UV_INSECURE_HOST=one.example',
      'UV_NO_CONFIG=1',
      'UV_NO_INDEX=1',
    ]);
  });

  it.skipIf(!existsSync(realUv))(
    'come by uv from the index of pip, whose address and password nobody sees',
    async () => {
      project.useUv(realUv);
      const asked = new Set<string>();
      const server = createServer((request, response) => {
        const [, section, name = ''] = request.url?.split('/') ?? [];
        if (request.headers.authorization !== `Basic ${btoa('team:s3cr3t')}`) {
          response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end();
        } else if (section === 'files') {
          asked.add(`${request.headers['user-agent']?.split('/')[0]} ${name}`);
          response.end(readFileSync(join(project.index, name)));
        } else {
          const files = readdirSync(project.index).filter((file) => file.startsWith(`${name}-`));
          response.setHeader('content-type', 'text/html');
          response.end(files.map((file) => `<a href="/files/${file}">${file}</a>`).join('\n'));
        }
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      const { port } = server.address() as AddressInfo;
      vi.stubEnv('PIP_NO_INDEX', undefined);
      vi.stubEnv('PIP_FIND_LINKS', undefined);
      vi.stubEnv('PIP_INDEX_URL', `http://team:s3cr3t@127.0.0.1:${port}/simple`);
      const shown = await project.install();
      expect([...asked]).toEqual(['pip uv-1.0-py3-none-any.whl', 'uv base-1.0-py3-none-any.whl']);
      expect(shown).not.toContain(String(port));
      expect(shown + readFileSync(project.log, 'utf8')).not.toContain('s3cr3t');
      // uv leaves nothing of itself in the environment, and no copy of what it fetched.
      expect(installed(project.root, 'base')).toEqual({ version: '1.0', installer: 'uv' });
      expect(installed(project.root, 'uv')).toBeUndefined();
      expect(existsSync(join(project.root, '.reign', 'uv', 'cache'))).toBe(false);
      expect(pythonEnvironmentIsThere(project.root, false)).toBe(true);

      // The file that uv wants next is not there: its complaint names the index.
      rmSync(join(project.index, 'checker-3.0-py3-none-any.whl'));
      const refusal = await project.install(true).catch((error: Error) => error.message);
      expect(refusal).toContain('Python packages failed');
      expect(refusal + readFileSync(project.log, 'utf8')).not.toContain('s3cr3t');
    },
  );
});
