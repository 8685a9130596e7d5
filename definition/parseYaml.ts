import { LineCounter, parseDocument, visit, type YAMLParseError, type YAMLWarning } from 'yaml';
import { type Position, Positions } from './positions.ts';

export type Parsed =
  | { readonly data: unknown; readonly positions: Positions }
  | { readonly errors: { position: Position; message: string }[] };

/** Aliases that refer to aliases grow without bounds. */
const mostUses = 100;

/** Reads one YAML 1.2 document of plain data: mappings, lists, texts, numbers, booleans; anchors may be used. */
export function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const found = [...document.errors, ...document.warnings];
  if (found.length > 0) {
    const all = found.map((error) => ({ position: at(error.pos[0]), message: messageOf(error, text) }));
    return { errors: withoutConsequences(all, text) };
  }
  const lost: { position: Position; message: string }[] = [];
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const message = `found the alias *${alias.source}; expected an anchor &${alias.source} before it`;
      lost.push({ position: at(alias.range?.[0] ?? 0), message });
    },
  });
  if (lost.length > 0) return { errors: lost };
  try {
    return { data: document.toJS({ maxAliasCount: mostUses }), positions: new Positions(document, lines) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const message = `found aliases that multiply; expected at most ${mostUses} uses of one anchor`;
    return { errors: [{ position: at(0), message }] };
  }
}

/** One mistake makes a parser stumble over what follows: told is the first of each line, and a tab alone. */
function withoutConsequences(
  errors: readonly { position: Position; message: string }[],
  text: string,
): { position: Position; message: string }[] {
  const lines = text.split('\n');
  const tab = errors.find(({ position }) => /^\s*\t/.test(lines[position.line - 1] ?? ''));
  if (tab !== undefined) {
    const position = { line: tab.position.line, column: 1 };
    return [{ position, message: 'found a tab; expected spaces for indentation' }];
  }
  return errors.filter(({ position }, at) => errors.findIndex((each) => each.position.line === position.line) === at);
}

function messageOf(error: YAMLParseError | YAMLWarning, text: string): string {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return `found the field ${wordAt(text, error.pos[0])} a second time; expected every field once`;
    case 'MULTIPLE_DOCS':
      return 'found a second document (---); expected one definition a file';
    case 'TAG_RESOLVE_FAILED':
      return `found the tag ${wordAt(text, error.pos[0])}; expected plain YAML without tags`;
    default:
      return `not YAML: ${lowerFirst(error.message.replaceAll(/\s+/g, ' '))}`;
  }
}

const wordAt = (text: string, offset: number) => /^[^\s:]{1,60}/.exec(text.slice(offset))?.[0] ?? '';
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
