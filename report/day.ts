/** An instant as a sentence names it: `2001-02-12` for a midnight, else `2001-02-12T06:00:00Z`. */
export const day = (instant: string): string => instant.replace('T00:00:00Z', '');
