/** Reports whether a text contains a conflict that git has marked. */
export const hasGitMarkers = (text: string): boolean =>
  /^<{7} /m.test(text) && /^={7}\r?$/m.test(text) && /^>{7} /m.test(text);

/** The lines that open and close a conflict, with any label or none, and the line between its sides. */
const partsOfConflict = [/^<{7}(?: .*)?$/m, /^={7}$/m, /^>{7}(?: .*)?$/m];

/**
 * Reports whether a text with LF line ends contains a conflict of git, or two of its three parts: a half-resolved conflict. One part alone can be a
 * heading or a quotation of Markdown.
 */
export const isUnresolvedOfGit = (text: string): boolean =>
  partsOfConflict.filter((part) => part.test(text)).length > 1;

const conflict = /^<{7} [^\n]*\n([^]*?)(?:^\|{7} [^\n]*\n[^]*?)?^={7}\r?\n([^]*?)^>{7} [^\n]*(?:\n|$)/gm;

/**
 * Returns the two texts between whose lines the markers of git separate: with the lines of the current branch in the place of each
 * conflict, and with those of the other one. Lines outside of conflicts are in both. Undefined if a marker remains.
 */
export function sidesOfConflicts(text: string): { ours: string; theirs: string } | undefined {
  const [ours, theirs] = ['$1', '$2'].map((side) => text.replaceAll(conflict, side));
  if (ours === undefined || theirs === undefined) return undefined;
  return [ours, theirs].some((side) => /^(?:<{7} |>{7} |\|{7} )/m.test(side)) ? undefined : { ours, theirs };
}
