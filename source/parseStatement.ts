import type { Client, Connection, FieldDef, Submittable } from 'pg';

/** What Postgres answers to Parse and Describe. */
export interface StatementDescription {
  readonly parameters: number;
  /** Empty where the statement returns no rows. */
  readonly fields: readonly FieldDef[];
}

/**
 * Lets Postgres parse and describe one statement by the extended protocol: nothing is planned or executed, and a text
 * with two statements is refused.
 *
 * @throws DatabaseError of pg, with the position in the text
 */
export function parseStatement(client: Client, text: string): Promise<StatementDescription> {
  return new Promise((resolve, reject) => {
    client.query(new ParseOnly(text, resolve, reject));
  });
}

/** What pg's client calls back while the statement is the active one. */
class ParseOnly implements Submittable {
  readonly #text: string;
  readonly #resolve: (description: StatementDescription) => void;
  readonly #reject: (error: Error) => void;
  #connection: Connection | null = null;
  #parameters = 0;
  #fields: readonly FieldDef[] = [];

  constructor(text: string, resolve: (description: StatementDescription) => void, reject: (error: Error) => void) {
    this.#text = text;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): null {
    this.#connection = connection;
    connection.on('parameterDescription', this.#countParameters);
    connection.parse({ name: '', text: this.#text, types: [] }, false);
    connection.describe({ type: 'S', name: '' }, false);
    connection.sync();
    return null;
  }

  handleRowDescription(message: { fields: readonly FieldDef[] }): void {
    this.#fields = message.fields;
  }

  handleError(error: Error): void {
    this.#connection?.off('parameterDescription', this.#countParameters);
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#connection?.off('parameterDescription', this.#countParameters);
    this.#resolve({ parameters: this.#parameters, fields: this.#fields });
  }

  readonly #countParameters = (message: { parameterCount: number }): void => {
    this.#parameters = message.parameterCount;
  };
}
