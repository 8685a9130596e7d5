import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../settings/childEnvironment.ts';
import { connectionUrl, connectionVariable } from '../../settings/connections.ts';
import { givenSettings } from '../../settings/givenSettings.ts';
import { homeOf } from '../../settings/home.ts';
import { writeJsonFile } from '../../settings/jsonFile.ts';
import { limitsOf } from '../../settings/limits.ts';
import { refuseOtherSettings } from '../../settings/runningStack.ts';
import { knownSettings, loadSettings } from '../../settings/settings.ts';
import { thisProcess } from '../../setup/processIdentity.mjs';
import { defaultWorkers, workerPart } from '../../stack/workers.ts';
import { environmentOf, temporaryFolder } from '../stack/testHome.ts';

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
      trackerCredentials: {},
      stackRuns: true,
    });
  });

  it('say what is missing when no stack runs', () => {
    const home = temporaryFolder();
    const env = { ...environmentOf(home, []), REIGN_LEDGER_URL: undefined };
    expect(() => loadSettings(env)).toThrow(
      expect.objectContaining({
        code: 'SettingMissing',
        message: `no stack runs in ${home}, and REIGN_LEDGER_URL is not set`,
      }),
    );
    expect(knownSettings(env)).toMatchObject({ ledgerUrl: undefined, trackerUri: 'http://127.0.0.1:1' });
  });

  it('do not take a stack for running whose process is gone', () => {
    const home = temporaryFolder();
    const owner = { ...thisProcess(), startedAt: 'before' };
    writeJsonFile(join(home, 'stack.json'), { owner, addresses });
    expect(() => loadSettings({ REIGN_HOME: home, HOME: home })).toThrow('no stack runs');
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

  it('find the store where the running stack has it', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses: { ...addresses, store: '/data' } });
    expect(loadSettings({ REIGN_HOME: home, HOME: home }).store).toBe('/data');
  });

  it('are refused where the running stack works with others, by the names of the variables', () => {
    const running = { ...addresses, store: '/data' };
    const given = (env: Record<string, string>) => givenSettings({ HOME: '/nowhere', ...env });
    refuseOtherSettings(given({ REIGN_STORE: '/data', MLFLOW_TRACKING_URI: addresses.trackerUri }), running);
    refuseOtherSettings(given({ REIGN_STORE: '/other' }), addresses);
    const others = given({
      REIGN_LEDGER_URL: 'postgresql://u:secret@db/ledger',
      REIGN_CONNECTION_CLAIMS: 'postgresql://u:secret@db/claims',
      REIGN_STORE: '/other',
    });
    expect(() => refuseOtherSettings(others, running)).toThrow(
      expect.objectContaining({
        code: 'SettingInvalid',
        message:
          'REIGN_LEDGER_URL, REIGN_STORE, REIGN_CONNECTION_CLAIMS: the running stack was started with another value. Restart the stack with this one, or unset them.',
      }),
    );
  });

  it('call a value that cannot be used invalid, not missing', () => {
    expect(limitsOf({ REIGN_FIT_TIMEOUT: '60' })).toEqual({
      ...{ statementTimeoutSeconds: 3600, fitTimeoutSeconds: 60, reconcileSeconds: 300 },
    });
    expect(() => limitsOf({ REIGN_FIT_TIMEOUT: '1h' })).toThrow(
      expect.objectContaining({
        code: 'SettingInvalid',
        message: 'REIGN_FIT_TIMEOUT is "1h"; expected a whole number of seconds above zero',
      }),
    );
  });

  it('reach a worker by the names that a user would set', () => {
    const home = temporaryFolder();
    writeJsonFile(join(home, 'stack.json'), { owner: thisProcess(), addresses });
    const env = { REIGN_HOME: home, HOME: home, TEMPORAL_NAMESPACE: 'default', TEMPORAL_TLS: 'true' };
    expect(childEnvironment(env, givenSettings(env), loadSettings(env))).toEqual({
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
    const environment = childEnvironment(env, givenSettings(env), settings);
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
      'REIGN_LEDGER_OWNER_URL is set, but REIGN_LEDGER_URL is not',
    );
  });
});
