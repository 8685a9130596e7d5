import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestPostgres } from '../postgres.ts';
import { type BothHalves, bothHalves, encryptionOf } from './bothHalves.ts';
import { type Certificate, createAuthority, createCertificate } from './certificates.ts';

let folder: string;
let server: TestPostgres;
let halves: BothHalves;
let admin: Client;
let home: string;
const homeBefore = process.env.HOME;
const rootsBefore = process.env.SSL_CERT_FILE;

const certificates: Record<string, Certificate> = {};
let ours: Certificate;
let others: Certificate;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reign-test-tls-'));
  chmodSync(folder, 0o755);
  home = join(folder, 'home');
  mkdirSync(home);
  ours = createAuthority(folder, 'ours');
  others = createAuthority(folder, 'others');
  const names = ['DNS:localhost', 'IP:127.0.0.1'];
  certificates.named = createCertificate(folder, ours, { name: 'named', commonName: 'server', names });
  certificates['common name'] = createCertificate(folder, ours, { name: 'common', commonName: 'localhost' });
  certificates['another name'] = createCertificate(folder, ours, {
    name: 'another',
    commonName: 'localhost',
    names: ['DNS:db.example'],
  });
  certificates['another authority'] = createCertificate(folder, others, { name: 'foreign', commonName: 'x', names });
  certificates.expired = createCertificate(folder, ours, { name: 'expired', commonName: 'x', names, days: 0 });
  certificates.client = createCertificate(folder, ours, { name: 'client', commonName: 'postgres' });
  certificates.stranger = createCertificate(folder, others, { name: 'stranger', commonName: 'postgres' });
  server = await startPostgres();
  admin = new Client({ connectionString: `${server.url}postgres` });
  await admin.connect();
  const { rows } = await admin.query<{ data_directory: string }>('show data_directory');
  const owner = statSync(rows[0]?.data_directory ?? '');
  for (const name of ['named', 'common', 'another', 'foreign', 'expired'])
    chownSync(join(folder, `${name}.key`), owner.uid, owner.gid);
  process.env.HOME = home;
  // What `sslrootcert=system` trusts.
  process.env.SSL_CERT_FILE = ours.certificate;
  halves = bothHalves(process.env);
});

afterAll(async () => {
  process.env.HOME = homeBefore;
  if (rootsBefore === undefined) delete process.env.SSL_CERT_FILE;
  else process.env.SSL_CERT_FILE = rootsBefore;
  await halves?.[Symbol.asyncDispose]();
  await admin?.end();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets the server show another certificate, or none; from then on every new connection meets it. */
async function serve(name: string): Promise<void> {
  const certificate = certificates[name];
  await admin.query(`alter system set ssl = ${certificate === undefined ? 'off' : 'on'}`);
  if (certificate !== undefined) {
    await admin.query(`alter system set ssl_cert_file = '${certificate.certificate}'`);
    await admin.query(`alter system set ssl_key_file = '${certificate.key}'`);
    await admin.query(`alter system set ssl_ca_file = '${ours.certificate}'`);
  }
  await admin.query('select pg_reload_conf()');
  await expect
    .poll(async () => {
      const client = new Client({ connectionString: `${server.url}postgres` });
      await client.connect();
      const { rows } = await client.query(
        "select current_setting('ssl') as ssl, current_setting('ssl_cert_file') as file",
      );
      await client.end();
      return rows[0];
    })
    .toMatchObject(certificate === undefined ? { ssl: 'off' } : { ssl: 'on', file: certificate.certificate });
}

const url = (parameters: string, host = 'localhost') =>
  `postgresql://postgres@${host}:${server.port}/postgres?${parameters.replace('ROOT', encodeURIComponent(ours.certificate))}`;

async function outcome(address: string): Promise<string> {
  const [worker, trainer] = await halves.ask(address);
  expect(encryptionOf(worker), JSON.stringify({ worker, trainer })).toBe(encryptionOf(trainer));
  return encryptionOf(worker);
}

const parameters = [
  'sslmode=disable',
  'sslmode=allow',
  'connect_timeout=5',
  'sslmode=prefer',
  'sslmode=prefer&sslrootcert=ROOT',
  'sslmode=require',
  'sslmode=require&sslrootcert=ROOT',
  'sslmode=require&sslrootcert=/missing.crt',
  'sslmode=verify-ca',
  'sslmode=verify-ca&sslrootcert=ROOT',
  'sslmode=verify-full&sslrootcert=ROOT',
  'sslrootcert=system',
] as const;

/** By libpq's documentation: plain or tls, - where it refuses; in the order of the parameters above. */
const table = {
  'no certificate': 'plain plain plain plain plain - - - - - - -',
  named: 'plain plain tls tls tls tls tls tls - tls tls tls',
  'common name': 'plain plain tls tls tls tls tls tls - tls tls tls',
  'another name': 'plain plain tls tls tls tls tls tls - tls - -',
  'another authority': 'plain plain tls tls plain tls - tls - - - -',
  expired: 'plain plain tls tls plain tls - tls - - - -',
};

describe.each(Object.entries(table))('a server with %s', (name, row) => {
  test('means the same in both halves', async () => {
    await serve(name);
    const found: Record<string, string> = {};
    for (const one of parameters) found[one] = await outcome(url(one));
    const expected = row.split(' ').map((cell) => (cell === '-' ? 'refused' : cell));
    expect(found).toEqual(Object.fromEntries(parameters.map((one, at) => [one, expected[at]])));
  });
});

test('an address is checked against the addresses of a certificate, a host with hostaddr by its name', async () => {
  await serve('named');
  const full = 'sslmode=verify-full&sslrootcert=ROOT';
  expect(await outcome(url(full, '127.0.0.1'))).toBe('tls');
  expect(await outcome(url(`${full}&hostaddr=127.0.0.1`))).toBe('tls');
  expect(await outcome(url(`${full}&hostaddr=127.0.0.1`, 'db.example'))).toBe('refused');
  await serve('another name');
  expect(await outcome(url(full, '127.0.0.1'))).toBe('refused');
  expect(await outcome(url(`${full}&hostaddr=127.0.0.1`, 'db.example'))).toBe('tls');
});

test('a weak mode with the roots of the system, a missing host and an unknown parameter are refused', async () => {
  await serve('named');
  expect(await outcome(url('sslrootcert=system&sslmode=require'))).toBe('refused');
  expect(await outcome(url('sslmode=on'))).toBe('refused');
  expect(await outcome(url('uselibpqcompat=true'))).toBe('refused');
  expect(await outcome(url('ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.3&sslmode=require'))).toBe(
    'tls',
  );
});

test('a server that asks for a client certificate gets it, of its own authority and kept from others', async () => {
  await serve('named');
  const { rows } = await admin.query<{ file: string }>('select current_setting($1) as file', ['hba_file']);
  const lines = ['hostssl postgres all all trust clientcert=verify-ca', 'host all all all trust'];
  await admin.query(
    `copy (select unnest(array[${lines.map((line) => `'${line}'`).join(', ')}])) to '${rows[0]?.file}'`,
  );
  await admin.query('select pg_reload_conf()');
  const base = 'sslmode=require&sslcert=CERT&sslkey=KEY';
  const withCertificate = (name: string) =>
    url(
      base
        .replace('CERT', encodeURIComponent(certificates[name]?.certificate ?? ''))
        .replace('KEY', encodeURIComponent(certificates[name]?.key ?? '')),
    );
  await expect.poll(() => outcome(url('sslmode=require'))).toBe('refused');
  expect(await outcome(withCertificate('client'))).toBe('tls');
  expect(await outcome(withCertificate('stranger'))).toBe('refused');
  chmodSync(certificates.client?.key ?? '', 0o644);
  expect(await outcome(withCertificate('client'))).toBe('refused');
});
