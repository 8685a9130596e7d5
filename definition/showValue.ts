const longest = 60;

/** A value in one short line, as a message names it. Never longer than 60 characters. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return showList(value);
  if (typeof value === 'object') return showMapping(Object.keys(value));
  return cut(typeof value === 'string' ? JSON.stringify(value) : String(value));
}

function showList(values: readonly unknown[]): string {
  if (values.length === 0) return 'an empty list';
  const flat = values.every((value) => typeof value !== 'object' || value === null);
  const text = flat ? `[${values.map(showValue).join(', ')}]` : '';
  return flat && text.length <= longest ? text : `a list of ${values.length}`;
}

function showMapping(keys: readonly string[]): string {
  return keys.length === 0 ? 'an empty mapping' : cut(`a mapping with ${keys.join(', ')}`);
}

function cut(text: string): string {
  const points = Array.from(text);
  return points.length <= longest ? text : `${points.slice(0, longest - 1).join('')}…`;
}
