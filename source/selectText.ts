import { positionIn, queryInvalid } from './sourceError.ts';

/**
 * The author's query without the semicolon at its end, so that it can stand in parentheses. Positions stay as they
 * are: the semicolon becomes a space.
 *
 * @throws ReignError QueryInvalid where something follows the semicolon, or nothing stands before it
 */
export function selectText(query: string): string {
  const tokens = [...significant(query)];
  if (tokens.length === 0 || tokens[0]?.text === ';') throw queryInvalid('empty', {});
  const end = tokens.findIndex(({ text }) => text === ';');
  if (end < 0) return query;
  const second = tokens.slice(end + 1).find(({ text }) => text !== ';');
  if (second !== undefined) {
    const at = positionIn(query, Array.from(query.slice(0, second.at)).length);
    throw queryInvalid('secondStatement', {}, at);
  }
  const characters = query.split('');
  for (const { at } of tokens.slice(end)) characters[at] = ' ';
  return characters.join('');
}

/** Whitespace, comments, and what is quoted; everything else counts character by character. */
const lexeme =
  /\s+|--[^\n]*|(?<open>\/\*)|(?:[eE])'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/y;

function* significant(query: string): Generator<{ text: string; at: number }> {
  let at = 0;
  while (at < query.length) {
    lexeme.lastIndex = at;
    const match = lexeme.exec(query);
    if (match === null) return;
    const start = at;
    at = lexeme.lastIndex;
    if (match.groups?.open !== undefined) {
      at = commentEnd(query, start);
    } else if (match.groups?.dollar !== undefined) {
      const close = query.indexOf(match.groups.dollar, at);
      at = close < 0 ? query.length : close + match.groups.dollar.length;
      yield { text: match[0], at: start };
    } else if (!/^(?:\s|--)/.test(match[0])) {
      yield { text: match[0], at: start };
    }
  }
}

/** Where a block comment ends; they nest. */
function commentEnd(query: string, start: number): number {
  const fence = /\/\*|\*\//g;
  fence.lastIndex = start;
  let depth = 0;
  for (let match = fence.exec(query); match !== null; match = fence.exec(query)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return fence.lastIndex;
  }
  return query.length;
}
