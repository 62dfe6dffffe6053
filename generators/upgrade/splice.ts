/** A part of a text, and the text in its place. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Returns the text with its parts replaced. The parts do not overlap. */
export const spliced = (text: string, splices: readonly Splice[]): string =>
  splices
    .toSorted((one, other) => other.start - one.start)
    .reduce((before, { start, end, text: part }) => before.slice(0, start) + part + before.slice(end), text);
