import type { Format } from './merge-text.ts';

/** The texts of files by their paths, which are relative to the folder and have `/`. */
export type Texts = ReadonlyMap<string, string>;

/** A file whose path changed in the templates. */
export interface Move {
  from: string;
  to: string;
  /** The first version of the generator that writes `to`. */
  since: string;
}

/**
 * The registrations that runs could not make, by the file in which the generator writes them: `createCartRouter from
 * src/routers/cart-router.ts` for an import, else the declared name.
 */
export type Pending = Readonly<Record<string, readonly string[]>>;

/** All that a merge needs. */
export interface MergePlan {
  /** The texts that the last run generated. */
  base: Texts;
  /** The texts that this run generates. */
  next: Texts;
  /** The files in the folder: at least those with a path of the other two, or of a move. */
  disk: Texts;
  /** The versions of the generator that wrote the base, and that runs now. */
  versions: { before: string; now: string };
  moves?: readonly Move[];
  /** The patterns of `.yo-keep`: a path, or a folder with a final `/`; `*` stands for any part of a name. */
  keep?: readonly string[];
  /** Returns the paths of the lists in a file whose elements are a union. */
  lists?: (file: string) => readonly string[];
  /** Returns the paths of the lists in a file whose new elements register a part. */
  registrations?: (file: string) => readonly string[];
  /** The registrations that earlier runs could not make. */
  pending?: Pending;
  format?: Format;
}

/**
 * The effect on one file. `written`: the file gets the generated text. `merged`: the generated changes are added to the owner's
 * file. `kept`: the file stays, and nothing was to be done. `conflict`: the file needs the owner; conflicts are marked in it.
 * `left`: the generator does not touch the file, although its generated text changed; `why` is the reason. `removed`: the file
 * is deleted, because the templates dropped it and the owner did not change it.
 */
export type Effect = 'written' | 'merged' | 'kept' | 'conflict' | 'left' | 'removed';

/**
 * The reason for an effect. `deleted`: the owner deleted the file. `yours now`: the templates dropped the file, but the owner changed it.
 * `in .yo-keep`: the owner keeps it out of merges. `born once`: migrations and seeds are never merged. `from the code`:
 * a command of the service writes the file. `unresolved`: conflicts of an earlier merge are still marked in it. `moved`: the
 * templates moved the file, and it follows. `upgraded`: the owner's own code changed for a new version of the runtime.
 */
export type Why =
  | 'deleted'
  | 'yours now'
  | 'in .yo-keep'
  | 'born once'
  | 'from the code'
  | 'unresolved'
  | 'moved'
  | 'upgraded';

export interface Outcome {
  file: string;
  effect: Effect;
  why?: Why;
  /** The text to write; absent if the file stays as it is, or is removed. */
  text?: string;
  /** The number of conflicts that are marked in the text. */
  conflicts?: number;
  /** The path that the file had before; it is removed there. */
  from?: string;
}

/** A file that the owner seems to have renamed: nothing acts on it. */
export interface Rename {
  from: string;
  to: string;
  /** The share of equal lines, from 0 to 1. */
  likeness: number;
}

/** Lines that register a new part, and that no file of the owner has. */
export interface Unregistered {
  /** The file in which the generator writes them. */
  file: string;
  lines: string[];
  /** The owner deleted or moved the file. */
  isGone: boolean;
}

export interface MergeResult {
  /** One for each path that is generated or on the disk, in the order of the paths. */
  outcomes: Outcome[];
  /** The base of the next merge: it moves on for files with conflicts too. */
  base: Map<string, string>;
  renames: Rename[];
  unregistered: Unregistered[];
  /** The registrations to check again in the next run. */
  pending: Pending;
}
