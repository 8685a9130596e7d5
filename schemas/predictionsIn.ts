/** Which predictions a document of evidence names, by hash. Evidence of every format names them alike. */
export function* predictionsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (naming.includes(name) && typeof inner === 'string') yield inner;
    else yield* predictionsIn(inner);
  }
}

const naming = ['predictions', 'shuffledFit', 'scoreReference'];
