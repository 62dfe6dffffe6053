import { toUSVString } from 'node:util';

/** At most `most` characters of a text that somebody sent, and a mark where it went on; never half of a surrogate pair. */
export const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${toUSVString(text.slice(0, most))}…`;

/** A path with dots between its steps, shortened. It takes time by `most`: a path may be as long as a body, and be told often. */
export function shortenedPath(path: readonly (string | number)[], most: number): string {
  let text = '';
  for (const [index, step] of path.entries()) {
    text += `${index > 0 ? '.' : ''}${String(step).slice(0, most + 1)}`;
    if (text.length > most) break;
  }
  return shortened(text, most);
}
