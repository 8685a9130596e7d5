/** One code of the catalogue. */
export interface ErrorEntry {
  /** The HTTP status of an answer that says so. */
  readonly status: number;
  /** Whether trying again can help: Temporal's retry policies follow from it. */
  readonly retry: boolean;
  /** What the user should do next. */
  readonly advice: string;
  /** What the error can say, by the name of the situation. `{name}` is a string, `{name:int}` a whole number. Never a row's value. */
  readonly templates: Readonly<Record<string, string>>;
}
