import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { FieldPath } from '../schemas/fieldPath.ts';

/** Counted from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where the fields of a YAML text stand. */
export class Positions {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  /** Of the value of a field; of what it would stand in, where it is missing. */
  ofValue(path: FieldPath): Position {
    const place = this.#find(path);
    if (place.missing) return this.#position(place.name ?? place.value);
    return this.#position(place.value ?? place.name);
  }

  /** Of the name of a field. */
  ofName(path: FieldPath): Position {
    const place = this.#find(path);
    return this.#position(place.name ?? place.value);
  }

  /** Of a line (from 1) within a text; of the whole text where its lines were folded or quoted. */
  ofLineWithin(path: FieldPath, line: number): Position {
    const { value } = this.#find(path);
    const start = this.ofValue(path);
    if (!isScalar(value) || value.type !== 'BLOCK_LITERAL') return start;
    return { line: start.line + line, column: 1 };
  }

  #find(path: FieldPath): { name: Node | undefined; value: Node | undefined; missing: boolean } {
    let value = this.#resolve(this.#document.contents);
    let name: Node | undefined;
    for (const part of path) {
      if (isMap(value)) {
        const pair: Pair | undefined = value.items.find(
          ({ key }) => String(isScalar(key) ? key.value : key) === String(part),
        );
        if (pair === undefined) return { name, value, missing: true };
        name = isNode(pair.key) ? pair.key : undefined;
        value = this.#resolve(pair.value);
      } else if (isSeq(value)) {
        const item: unknown = value.items[Number(part)];
        if (item === undefined) return { name, value, missing: true };
        name = undefined;
        value = this.#resolve(item);
      } else {
        return { name, value, missing: true };
      }
    }
    return { name, value, missing: false };
  }

  #resolve(node: unknown): Node | undefined {
    if (isAlias(node)) return node.resolve(this.#document) ?? node;
    return isNode(node) ? node : undefined;
  }

  #position(node: Node | undefined): Position {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
