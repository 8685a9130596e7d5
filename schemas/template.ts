/** The names of the places in a template: of `'{rows:int} in {clusters}'` they are `rows` and `clusters`. */
export type Places<Template extends string> = Template extends `${string}{${infer Place}}${infer Rest}`
  ? (Place extends `${infer Name}:${string}` ? Name : Place) | Places<Rest>
  : never;

/** What each place takes: `{name}` a string, `{name:int}` a whole number. */
export type TypedPlaces<Template extends string> = Template extends `${string}{${infer Place}}${infer Rest}`
  ? (Place extends `${infer Name}:int` ? { readonly [Key in Name]: number } : { readonly [Key in Place]: string }) &
      TypedPlaces<Rest>
  : Record<never, never>;

/** The template with its places filled. A place that nothing is given for is a defect of the caller. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)(?::int)?\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`nothing is given for {${name}} of '${template}'`);
    return value;
  });
}
