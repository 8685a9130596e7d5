import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../setup/processIdentity.mjs';
import { homeOf } from '../../stack/home.ts';
import { writeJsonFile } from '../../stack/jsonFile.ts';
import {
  connectionUrl,
  connectionVariable,
  givenSettings,
  loadSettings,
  settingsEnvironment,
} from '../../stack/settings.ts';
import { defaultWorkers, workerPart } from '../../stack/workers.ts';
import { environmentOf, temporaryFolder } from './testHome.ts';

const addresses = {
  ledgerUrl: 'postgresql://reign:x@127.0.0.1:20001/ledger',
  connections: { warehouse: 'postgresql://reader:x@127.0.0.1:20001/warehouse' },
  owners: {
    ledgerUrl: 'postgresql://owner:x@127.0.0.1:20001/ledger',
    connections: { warehouse: 'postgresql://loader:x@127.0.0.1:20001/warehouse' },
  },
  temporal: { address: '127.0.0.1:20002', namespace: 'default' },
  trackerUri: 'http://127.0.0.1:20003',
  ui: {},
};

describe('settings', () => {
  it('come from the running stack, and what the environment gives goes before', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses });
    const env = { REIGN_HOME: home, HOME: home, MLFLOW_TRACKING_URI: 'https://mlflow.example/', REIGN_STORE: '/data' };
    expect(loadSettings(env)).toEqual({
      home,
      store: '/data',
      ledgerUrl: addresses.ledgerUrl,
      ledgerOwnerUrl: addresses.owners.ledgerUrl,
      connections: addresses.connections,
      loadingConnections: addresses.owners.connections,
      temporal: { ...addresses.temporal, connectionOptions: { address: '127.0.0.1:20002' } },
      trackerUri: 'https://mlflow.example',
    });
  });

  it('say what is missing when no stack runs', () => {
    const home = temporaryFolder();
    const env = { ...environmentOf(home, []), REIGN_LEDGER_URL: undefined };
    expect(() => loadSettings(env)).toThrow(
      "Reign's stack is not running. Start it with `npm run -s reign -- dev`, or set REIGN_LEDGER_URL.",
    );
  });

  it('do not take a stack for running whose process is gone', () => {
    const home = temporaryFolder();
    const owner = { ...thisProcess(), startedAt: 'before' };
    writeJsonFile(join(home, 'stack.json'), { owner, addresses });
    expect(() => loadSettings({ REIGN_HOME: home, HOME: home })).toThrow('not running');
  });

  it('find a connection by its name', () => {
    const given = givenSettings({ HOME: '/nowhere', REIGN_CONNECTION_LOAN_BOOK: 'postgres://u:secret@db/loans' });
    expect(connectionVariable('loan-book')).toBe('REIGN_CONNECTION_LOAN_BOOK');
    expect(connectionUrl(given, 'loan-book')).toBe('postgres://u:secret@db/loans');
    expect(() => connectionUrl(given, 'claims')).toThrow('(known: loan-book). Set REIGN_CONNECTION_CLAIMS');
  });

  it('refuse what cannot be meant without showing a password', () => {
    const env = { HOME: '/nowhere', REIGN_LEDGER_URL: 'mysql://user:secret@db/ledger' };
    expect(() => givenSettings(env)).toThrow(/^REIGN_LEDGER_URL is not a Postgres URL((?!secret).)*$/);
    expect(() => givenSettings({ HOME: '/nowhere', MLFLOW_TRACKING_URI: 'sqlite:///x' })).toThrow(
      'MLFLOW_TRACKING_URI',
    );
  });

  it('read Temporal from a profile of its configuration file', () => {
    const home = temporaryFolder();
    const file = join(home, 'temporal.toml');
    writeFileSync(file, '[profile.prod]\naddress = "temporal.example:7233"\nnamespace = "reign"\napi_key = "k"\n');
    const given = givenSettings({ HOME: home, TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' });
    expect(given.temporal).toMatchObject({
      address: 'temporal.example:7233',
      namespace: 'reign',
      connectionOptions: { apiKey: 'k' },
    });
  });

  it('reach a worker by the names that a user would set', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses });
    const env = { REIGN_HOME: home, HOME: home, TEMPORAL_NAMESPACE: 'default', TEMPORAL_TLS: 'true' };
    expect(settingsEnvironment(env, givenSettings(env), loadSettings(env))).toEqual({
      REIGN_HOME: home,
      REIGN_STORE: join(home, 'store'),
      REIGN_LEDGER_URL: undefined,
      REIGN_LEDGER_OWNER_URL: undefined,
      REIGN_CONNECTION_WAREHOUSE: addresses.connections.warehouse,
      TEMPORAL_ADDRESS: '127.0.0.1:20002',
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_TLS: undefined,
      MLFLOW_TRACKING_URI: addresses.trackerUri,
    });
  });

  it('give the ledger’s logins to those who work with it, and to no trainer', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses });
    const env = { REIGN_HOME: home, HOME: home };
    const settings = loadSettings(env);
    const environment = settingsEnvironment(env, givenSettings(env), settings);
    const given = defaultWorkers.map((program) => {
      const { env: its } = workerPart(homeOf(env), program, environment, settings);
      return [program.name, its?.REIGN_LEDGER_URL, its?.REIGN_LEDGER_OWNER_URL];
    });
    expect(given).toEqual([
      ['worker', addresses.ledgerUrl, addresses.owners.ledgerUrl],
      ['trainer', undefined, undefined],
    ]);
  });

  it('take no embedded owner for a ledger that was given, and no owner without the one who works', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses });
    const env = { REIGN_HOME: home, HOME: home, REIGN_LEDGER_URL: 'postgresql://one@db/ledger' };
    expect(loadSettings(env).ledgerOwnerUrl).toBeUndefined();
    expect(() => givenSettings({ HOME: home, REIGN_LEDGER_OWNER_URL: 'postgresql://o@db/ledger' })).toThrow(
      'REIGN_LEDGER_OWNER_URL is set without REIGN_LEDGER_URL',
    );
  });
});
