/** One way to break a law, and the test that notices. */
export interface Mutant {
  /** By its number in the design. */
  readonly law: number;
  /** What is wrong with the code then. */
  readonly breaks: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly search: string;
  readonly replacement: string;
  /** A file of Vitest (`.test.ts`) or pytest (`.py`), and part of the name of one of its tests. */
  readonly test: readonly [file: string, name: string];
}

/** At least one for each law. Cheap tests only: all of them together take a few minutes. */
export const mutants: readonly Mutant[] = [
  {
    law: 1,
    breaks: 'the alias is set once and not read again',
    file: 'projection/projectChampion.ts',
    search: 'if (champion?.version === aliased) {',
    replacement: 'if (champion?.version === aliased || aliased !== undefined) {',
    test: ['test/tracker/mlflow.test.ts', 'the alias follows the ledger'],
  },
  {
    law: 2,
    breaks: 'a promotion that lost the race counts as done',
    file: 'ledger/promote.ts',
    search: "return { outcome: 'conflict', champion };",
    replacement: "return { outcome: 'already', epoch: request.epoch + 1 };",
    test: ['test/ledger/promote.test.ts', 'of two that beat the same champion at once'],
  },
  {
    law: 2,
    breaks: 'a promotion takes the epoch that was judged',
    file: 'ledger/promote.ts',
    search: 'val(epoch + 1)',
    replacement: 'val(epoch)',
    test: ['test/ledger/promote.test.ts', 'the first champion is epoch 1'],
  },
  {
    law: 2,
    breaks: 'a tie wins',
    file: 'gate/wins.ts',
    search: 'low > boundary(gate)',
    replacement: 'low >= boundary(gate)',
    test: ['test/gate/wins.test.ts', ''],
  },
  {
    law: 3,
    breaks: 'training reaches up to the holdout, before its labels are mature',
    file: 'gate/windows.ts',
    search: 'const trainTo = before(holdoutFrom, [lag, horizon], timeZone);',
    replacement: 'const trainTo = holdoutFrom;',
    test: ['test/gate/windows.test.ts', 'hold no row whose label was not mature'],
  },
  {
    law: 3,
    breaks: 'rows that chose the champion are judged on again',
    file: 'trainer/reign_trainer/evidence/rows/read_rows.py',
    search: 'chose=labelled & seen.in_any(request.chose_champion if request.champion is not None else []),',
    replacement: 'chose=labelled & ~labelled,',
    test: ['test/trainer/evidence/test_judged_rows.py', 'rows_that_chose_the_champion_are_left_out'],
  },
  {
    law: 3,
    breaks: 'rows that one of them was fitted on are not counted',
    file: 'trainer/reign_trainer/evidence/rows/seen_rows.py',
    search: 'return None if held is None else int(np.count_nonzero(held))',
    replacement: 'return 0',
    test: ['test/trainer/evidence/test_rows_trained_on.py', 'judged_rows_that_were_trained_on_are_counted'],
  },
  {
    law: 4,
    breaks: 'large payloads pass through Temporal',
    file: 'store/claimCheck.ts',
    search: 'data.length <= largestInlineBytes && !isReference(payload)',
    replacement: '!isReference(payload)',
    test: ['test/store/claimCheck.test.ts', 'a large payload becomes the hash'],
  },
  {
    law: 4,
    breaks: 'a payload that calls itself a reference is taken for one',
    file: 'trainer/reign_trainer/claim_check.py',
    search: '_is_large(payload) or _is_reference(payload)',
    replacement: '_is_large(payload)',
    test: ['test/trainer/test_claim_check.py', 'metadata_like_that_of_a_reference'],
  },
  {
    law: 5,
    breaks: 'a second attempt opens a run of its own',
    file: 'activities/tracking/openRun.ts',
    search: '(isRetry ? await find(tracker, cycle, gone) : undefined) ?? (await create(tracker, cycle))',
    replacement: 'await create(tracker, cycle)',
    test: ['test/tracker/mlflow.test.ts', 'a try that died before the ledger knew'],
  },
  {
    law: 5,
    breaks: 'a retry of a promotion is told that it lost',
    file: 'ledger/promote.ts',
    search: '.onConflict((conflict) => conflict.doNothing())',
    replacement: '',
    test: ['test/ledger/promote.test.ts', 'asked for ten times at once'],
  },
  {
    law: 6,
    breaks: 'the champion of any lineage reigns',
    file: 'ledger/champions.ts',
    search: "    .where('promotions.lineage', '=', lineage)\n    .orderBy",
    replacement: '    .orderBy',
    test: ['test/ledger/promote.test.ts', 'every lineage has its own champions'],
  },
  {
    law: 7,
    breaks: 'rows come in no order',
    file: 'source/planExtract.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    search: '    `order by ${reignColumns.rowId}`,\n',
    replacement: '',
    test: ['test/source/planExtract.test.ts', ''],
  },
  {
    law: 7,
    breaks: 'every fit has the same seed',
    file: 'trainer/reign_trainer/work/model/seeds.py',
    search: 'np.random.seed(seed)',
    replacement: 'np.random.seed(None)',
    test: ['test/trainer/work/model/test_seeds.py', ''],
  },
  {
    law: 8,
    breaks: 'a document of the store is not checked against its hash',
    file: 'store/openStore.ts',
    search: "if (createHash('sha256').update(content).digest('hex') !== hash)",
    replacement: 'if (hash.length !== 64)',
    test: ['test/store/openStore.test.ts', 'a document that was changed on the disk is refused'],
  },
  {
    law: 8,
    breaks: 'verify believes the stored verdict',
    file: 'operations/verify/verifyLedger.ts',
    search: "compared('verdict', judgement.number, judgement.verdict, decide(evidence, policy.data))",
    replacement: "compared('verdict', judgement.number, judgement.verdict, judgement.verdict)",
    test: ['test/operations/verify/verifyLedger.test.ts', 'one that was edited'],
  },
  {
    law: 9,
    breaks: "the author's modules travel by name, and two versions share them",
    file: 'trainer/reign_trainer/pipeline/by_value.py',
    search: 'cloudpickle.register_pickle_by_value(module)',
    replacement: 'pass',
    test: ['test/trainer/pipeline/test_by_value.py', 'two_versions_load_side_by_side'],
  },
  {
    law: 10,
    breaks: "the database's message, which quotes a row's value, is passed on",
    file: 'trainer/reign_trainer/work/extract/warehouse.py',
    search: 'condition = f"SQLSTATE {sqlstate}, {condition_name(sqlstate)}"',
    replacement: 'condition = f"SQLSTATE {sqlstate}, {error}"',
    test: ['test/trainer/work/extract/test_interruptions.py', ''],
  },
  {
    law: 11,
    breaks: 'files that were changed in MLflow are not noticed',
    file: 'operations/verify/verifyFiles.ts',
    search: "compared('files', null, files, stored.files)",
    replacement: "compared('files', null, files, files)",
    test: ['test/tracker/mlflow.test.ts', "a model's files, and what is not"],
  },
  {
    law: 11,
    breaks: 'rows reach fit in the order of their ids',
    file: 'trainer/reign_trainer/work/fit/training_rows.py',
    search: 'table = table.take(pa.array(np.argsort(times, kind="stable")))',
    replacement: 'pass',
    test: ['test/trainer/work/fit/test_training_rows.py', ''],
  },
];
