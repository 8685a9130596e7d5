import type { Paint } from './render/style.ts';

/** How an answer may look: with which colours, how wide. */
export interface Look {
  readonly paint: Paint;
  readonly width: number;
}

/** What a command answers: one JSON document for programs, and a text for people. */
export interface Answer {
  readonly document: unknown;
  readonly text: (look: Look) => string;
  /** Default: 0. */
  readonly exitCode?: number;
}

/** Prints an answer to stdout, in the form that was asked for. */
export type Tell = (answer: Answer) => void;
