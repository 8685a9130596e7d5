/** There is no object of that name; its place itself can be reached. */
export class Missing extends Error {}

/** An object, or a folder, right below a folder. */
export interface Listed {
  readonly name: string;
  /** When it was last written (a folder: when it was published). */
  readonly modified: Date;
}

export interface About {
  readonly modified: Date;
  /** Of a folder: of all that is in it. */
  readonly bytes: number;
}

/**
 * What a store is made of: objects by name, which is a path with `/`. Whatever is written is complete or not there. Other
 * failures than `Missing` are errors of the catalogue.
 */
export interface Objects {
  /** Where it is, as `REIGN_STORE` says it. */
  readonly place: string;
  /** @throws Missing */
  read(name: string): Promise<Buffer>;
  /** An object's bytes, one block after the other. @throws Missing */
  blocks(name: string): AsyncIterable<Buffer>;
  /** Writes an object whose name says what it is: what is damaged there is replaced. One written before `renewBefore` counts as new again. */
  put(name: string, content: Buffer, renewBefore?: Date): Promise<void>;
  /** When an object was last written; undefined where it is not there. */
  modified(name: string): Promise<Date | undefined>;
  list(folder: string): Promise<Listed[]>;
  /** When an object, or a folder, was last written, and how large it is; undefined where it is not there. */
  about(name: string): Promise<About | undefined>;
  /** Deletes an object, or a folder with all that is in it. Deleting what is not there is no error. */
  delete(name: string): Promise<void>;
  /** The name of an object that a published folder calls `file`. @throws Missing */
  inFolder(folder: string, file: string, marker: string): Promise<string>;
  /** Whether a folder is there. */
  hasFolder(folder: string, marker: string): Promise<boolean>;
  /** Writes, reads and deletes a probe, and says what there is to say about the place, such as its free space. */
  probe(): Promise<string>;
}
