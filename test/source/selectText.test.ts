import { expect, test } from 'vitest';
import { selectText } from '../../source/selectText.ts';

test.each([
  ['select 1', 'select 1'],
  ['select 1;', 'select 1 '],
  ['select 1 ; -- done', 'select 1   -- done'],
  ['select 1;\n/* a; /* nested; */ b; */ ;', 'select 1 \n/* a; /* nested; */ b; */  '],
  ["select ';' as a, E'it\\'s;' as b, $$;$$ as c, $tag$ $$;$$ $tag$ as d", null],
  ['select ";" from t', null],
  ["select 'it''s;'", null],
  ['select a$b from t -- ;', null],
  ['select $1', null],
])('%s', (query, expected) => {
  expect(selectText(query)).toBe(expected ?? query);
});

test.each([
  ['select 1; select 2', 1, 11],
  ['select 1;\n  drop table flights', 2, 3],
  ["select 'ä;';\ndelete from t;", 2, 1],
])('a second statement is refused where it begins: %s', (query, line, column) => {
  expect(() => selectText(query)).toThrow(
    expect.objectContaining({ code: 'QueryInvalid', place: expect.objectContaining({ line, column }) }) as Error,
  );
});

test.each(['', '  \n', '-- nothing', ';', '/* open'])('nothing is refused: %j', (query) => {
  expect(() => selectText(query)).toThrow('expected one SELECT');
});
