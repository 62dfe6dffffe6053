/** The removal of one mechanism, and the test that must then fail. */
export interface Mutation {
  name: string;
  /** The effect of the mechanism, as promised in docs/guarantees.md. */
  mechanism: string;
  changes: readonly Change[];
  noticedBy: NoticedBy;
  /** Takes minutes: not for a short campaign, and without a control, since its test is one of the campaign's own. */
  slow?: boolean;
}

/** The cheapest test that fails then. */
export interface NoticedBy {
  /** A file for mocha, seen from `test/`. */
  file: string;
  title: string;
  /** The file with the title, if it is not the test file itself. */
  source?: string;
  /** Milliseconds after which the test has failed, if it fails by waiting. */
  timeout?: number;
}

export interface Change {
  /** Seen from `src/runtime/`; `../devkit/` is the devkit. */
  file: string;
  /** Occurs exactly once in the file. */
  find: string;
  replace: string;
}

/** Returns the source without the mechanism. Throws if the text to replace does not occur exactly once. */
export function mutate(source: string, { file, find, replace }: Change): string {
  const places = source.split(find).length - 1;
  if (places !== 1) {
    throw new Error(
      `${file} has ${places} times what the mutation replaces, and must have it once; bring the mutation up to date: ${find}`,
    );
  }
  return source.replace(find, () => replace);
}
