import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readSource, root } from './source-files.ts';

/** A line of prose: of a comment, or of a documentation page. */
export interface ProseLine {
  file: string;
  line: number;
  text: string;
}

/** Block and line comments. A comment follows a space or an opening bracket, which excludes addresses and most strings. */
const comment = /(?<![^\s([{,;])(?:\/\*[\s\S]*?\*\/|\/\/(?!\/)[^\n]*|<%#[\s\S]*?%>|<!--[\s\S]*?-->)/g;
/** Code blocks, inline code, quoted words, and links to tests, whose texts are titles of tests. */
const quoted = /^ *```[\s\S]*?^ *```$|`[^`\n]*`|"[^"\n]*"|\[[^\]]*\]\([^)]*\/test\/[^)]*\)/gm;

/** Returns the lines of all comments in the source files and templates of a folder. */
export const commentsIn = (folder: string): ProseLine[] =>
  filesIn(folder, /\.(?:ts|mjs|js)(?:\.ejs)?$/).flatMap((file) =>
    linesOf(file, readSource(file).matchAll(comment)),
  );

/** Returns the lines of the Markdown files in a folder, or of one Markdown file. */
export const pagesIn = (place: string): ProseLine[] =>
  (place.endsWith('.md') ? [place] : filesIn(place, /\.md(?:\.ejs)?$/)).flatMap((file) =>
    linesOf(file, readSource(file).matchAll(/[\s\S]+/g)),
  );

function filesIn(folder: string, name: RegExp): string[] {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => name.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => path.posix.join(folder, file));
}

function linesOf(file: string, parts: Iterable<RegExpMatchArray>): ProseLine[] {
  return [...parts].flatMap((part) => {
    const before = (part.input ?? '').slice(0, part.index).split('\n').length;
    const prose = part[0].replaceAll(quoted, (text) => text.replaceAll(/[^\n]+/g, ' '));
    return prose.split('\n').map((text, index) => ({ file, line: before + index, text }));
  });
}
