import { expect, test } from 'vitest';
import { authorTraceback } from '../../operations/authorTraceback.ts';

const files = { 'pipeline.py': 'import os\n\ndef categories(X):\n    return X.cat\n', 'steps/hours.py': '' };

test('only frames in the author files, and the exception', () => {
  const full = `Traceback (most recent call last):
  File "/srv/reign_trainer/fit/run_fit.py", line 80, in run_fit
    pipeline.fit(frame, labels)
  File "/srv/python/lib/site-packages/sklearn/pipeline.py", line 655, in fit
    Xt = self._fit(X, y)
  File "/tmp/code/abc/steps/hours.py", line 12, in transform
    return frame["date"].dt.hours
           ^^^^^^^^^^^^^^^^^^^^^^
  File "/srv/python/lib/python3.12/site-packages/pandas/core/generic.py", line 6318, in __getattr__
    return object.__getattribute__(self, name)
AttributeError: 'DatetimeProperties' object has no attribute 'hours'
`;
  expect(authorTraceback(full, files)).toEqual([
    '  File "steps/hours.py", line 12, in transform',
    '    return frame["date"].dt.hours',
    '           ^^^^^^^^^^^^^^^^^^^^^^',
    "AttributeError: 'DatetimeProperties' object has no attribute 'hours'",
  ]);
});

test('of a chain of exceptions those that passed through the author files', () => {
  const full = `Traceback (most recent call last):
  File "/tmp/code/abc/pipeline.py", line 4, in build
    import nothing_here
ModuleNotFoundError: No module named 'nothing_here'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/reign_trainer/pipeline/author.py", line 9, in build_pipeline
    raise TrainerError("PipelineImport", "x")
reign_trainer.errors.TrainerError: x
`;
  expect(authorTraceback(full, files)).toEqual([
    '  File "pipeline.py", line 4, in build',
    '    import nothing_here',
    "ModuleNotFoundError: No module named 'nothing_here'",
  ]);
});

test('a file that does not parse', () => {
  const full = `Traceback (most recent call last):
  File "<frozen importlib._bootstrap>", line 488, in _call_with_frames_removed
  File "/tmp/code/abc/pipeline.py", line 3
    def build(:
              ^
SyntaxError: invalid syntax
`;
  expect(authorTraceback(full, files)).toEqual([
    '  File "pipeline.py", line 3',
    '    def build(:',
    '              ^',
    'SyntaxError: invalid syntax',
  ]);
});

test('without a frame of the author the last exception is told', () => {
  const full = `Traceback (most recent call last):
  File "/srv/python/lib/site-packages/sklearn/base.py", line 1, in fit
    check()
ValueError: Input X contains NaN.
LogisticRegression does not accept missing values
`;
  expect(authorTraceback(full, {})).toEqual([
    'ValueError: Input X contains NaN.',
    'LogisticRegression does not accept missing values',
  ]);
});

test('code that was loaded with a version shows its lines from the pack', () => {
  const full = `Traceback (most recent call last):
  File "/srv/python/lib/site-packages/sklearn/pipeline.py", line 655, in predict_proba
    Xt = transform.transform(Xt)
  File "/tmp/reign-child-x1/code/pipeline.py", line 4, in categories
AttributeError: 'DataFrame' object has no attribute 'cat'
`;
  expect(authorTraceback(full, files)).toEqual([
    '  File "pipeline.py", line 4, in categories',
    '    return X.cat',
    "AttributeError: 'DataFrame' object has no attribute 'cat'",
  ]);
});
