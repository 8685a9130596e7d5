/** Where a field is: names of fields and numbers of entries, from the top. */
export type FieldPath = readonly (string | number)[];

/** `source.features[1]`; names that are no plain words stand in quotes: `parameters["a b"]`. */
export function formatPath(path: FieldPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text === '' ? part : `.${part}`;
  }
  return text;
}
