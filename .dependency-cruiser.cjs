// Imports point one way: schemas <- gate, report, ledger, store, source, tracker, definition, settings <- activities <- worker.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    pathNot: [
      `^(${[from, ...allowed].join('|')})/`,
      'node_modules',
      '^(node:|module|fs|path|os|net|http|crypto|child_process|url|util|stream|events|timers|readline|assert|tty|zlib|tls)',
    ],
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    only('schemas-import-nothing', 'schemas', []),
    only('postgres-imports-shapes', 'postgres', ['schemas']),
    only('gate-is-pure', 'gate', ['schemas']),
    only('report-is-pure', 'report', ['schemas', 'gate']),
    only('ledger-below-activities', 'ledger', ['schemas', 'postgres']),
    only('store-below-activities', 'store', ['schemas']),
    only('source-below-activities', 'source', ['schemas', 'postgres']),
    only('tracker-below-activities', 'tracker', ['schemas']),
    only('definition-below-commands', 'definition', ['schemas']),
    only('settings-below-all', 'settings', ['schemas', 'postgres', 'setup']),
    only('stack-below-commands', 'stack', ['schemas', 'postgres', 'settings', 'setup']),
    only('activities-below-worker', 'activities', [
      'schemas',
      'gate',
      'ledger',
      'store',
      'source',
      'tracker',
      'settings',
    ]),
    only('worker-hosts', 'worker', [
      'schemas',
      'gate',
      'ledger',
      'store',
      'source',
      'tracker',
      'activities',
      'workflows',
      'settings',
    ]),
    only('cli-never-calls-activities', 'cli', [
      'schemas',
      'postgres',
      'gate',
      'report',
      'ledger',
      'store',
      'source',
      'tracker',
      'definition',
      'settings',
      'stack',
      'workflows',
      'setup',
    ]),
    {
      name: 'workflows-types-and-pure-functions',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: [
          '^(workflows|schemas|gate)/',
          '^node_modules/@temporalio/(workflow|common)',
          '^activities/create.ts$',
        ],
      },
    },
    {
      name: 'workflows-import-activities-as-types',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'commands-import-workflows-as-types',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(workflows|activities)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^\\.reign/', '^node_modules/', '^test/', '^trainer/'] },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
