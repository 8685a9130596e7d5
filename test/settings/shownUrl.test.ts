import { expect, test } from 'vitest';
import { shownUrl } from '../../settings/shownUrl.ts';

test.for([
  ['postgresql://ada:secret@db.example:5432/loans?sslmode=require', 'postgresql://ada@db.example:5432/loans'],
  ['postgresql://ada:secret@a:1,b:2/loans?password=secret', 'postgresql://ada@a:1,b:2/loans'],
  ['https://ada:secret@mlflow.example/ml/', 'https://ada@mlflow.example/ml'],
  ['http://127.0.0.1:5000', 'http://127.0.0.1:5000'],
  ['postgresql://ada:se@cret@db/loans', 'a URL that cannot be read'],
] as const)('%s is shown as %s', ([url, shown]) => {
  expect(shownUrl(url)).toBe(shown);
});
