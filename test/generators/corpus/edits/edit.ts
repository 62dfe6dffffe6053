import assert from 'node:assert/strict';

/** One text of a file that occurs once, and its replacement. */
export type Replacement = readonly [search: string, replacement: string];

/**
 * The owner's change of one file: replacements, a function of its text, the text of a new file, or `undefined` for a file that the
 * owner deletes. `from` is the file that the owner has moved to this path.
 */
export type Change =
  | readonly Replacement[]
  | ((text: string) => string | Promise<string>)
  | { text: string }
  | { from: string; change: readonly Replacement[] }
  | undefined;

/** An error of the compiler that the owner has to resolve; the message is its start. */
export interface AllowedError {
  file: string;
  message: string;
}

/** What one owner did to a generated service before the next command. */
export interface Edit {
  /** The folder of the expected files. */
  name: string;
  files: Record<string, Change>;
  /** The changes as the owner writes them on the newer text of a command, where the same replacements do not fit. */
  after?: Record<string, Record<string, Change>>;
  /** The commands that remove a part which the owner's code still uses: the compiler names the place. */
  usesRemoved?: readonly string[];
  /** The errors that every command leaves, since the owner's own file has the types of the version before. */
  allowedErrors?: readonly AllowedError[];
  /** The names that the owner gave to declarations, by the generated ones. */
  renames?: Readonly<Record<string, string>>;
  /** The files, by command or `*`, in which owner and generator changed the same lines: the owner has to decide. */
  conflicts?: Record<string, readonly string[]>;
}

/** Replaces each search text, which must occur exactly once. */
export function replaced(text: string, replacements: readonly Replacement[], where = 'the text'): string {
  return replacements.reduce((before, [search, replacement]) => {
    assert.equal(before.split(search).length, 2, `${where} contains once: ${search}`);
    return before.replace(search, () => replacement);
  }, text);
}

/** An edit of one file. */
export const edit = (
  name: string,
  file: string,
  change: Change,
  more: Omit<Edit, 'name' | 'files'> = {},
): Edit => ({ name, files: { [file]: change }, ...more });
