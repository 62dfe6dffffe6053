import { toUSVString } from 'node:util';

/** The most characters of a field's name, and of a message about it, in the answers and errors of the runtime. */
export const LONGEST_FIELD_NAME = 200;
export const LONGEST_FIELD_MESSAGE = 500;

/** Cuts a text to `most` characters and adds an ellipsis; never leaves a lone surrogate. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${toUSVString(text.slice(0, most))}…`;

/** Joins the steps of a path with dots, and cuts it to `most` characters in time proportional to `most`, however long the path is. */
export function shortenedPath(path: readonly (string | number)[], most: number): string {
  let text = '';
  for (const [index, step] of path.entries()) {
    text += `${index > 0 ? '.' : ''}${String(step).slice(0, most + 1)}`;
    if (text.length > most) break;
  }
  return shortened(text, most);
}
