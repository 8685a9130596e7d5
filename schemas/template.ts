/** The names of the places in a template: of `'{rows} in {clusters}'` they are `rows` and `clusters`. */
export type Places<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Places<Rest>
  : never;

/** The template with its places filled. A place that nothing is given for is a defect of the caller. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`nothing is given for {${name}} of '${template}'`);
    return value;
  });
}
