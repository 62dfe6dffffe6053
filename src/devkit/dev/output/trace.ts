import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** An error in the text of a program, without the frames of libraries. */
export interface Trace {
  /** Class and message of the error, on one line; paths are relative to the service. */
  message: string;
  /** Places in the source of the service, innermost first: `src/app.ts:12:3 in createApp`. */
  places: string[];
}

/** Node's report of an error that ends the process: place, code, marks, stack, version. */
const fatal = /(?:^|\n)(?<head>[^\n]+:\d+)\n[^\n]*\n *\^+\n+(?<stack>[^]*?)\n\nNode\.js v[^\n]*(?=\n|$)/;
const frames = String.raw`(?: +at [^\n]+(?:\n|$))+`;
/** The last line of a message, the stack below it, and causes, as `console.error` and the log's `stack` print them. */
const stacked = new RegExp(
  String.raw`(?:^|\n)(?<stack>[^\n]*\S[^\n]*\n(?:(?: +at [^\n{]+\n)* +at [^\n]+ \{\n[^]*?\n\}(?:\n|$)|${frames}(?:caused by: [^\n]*\n${frames})*))`,
);
/** Inside of parentheses, or after `at `: a path or an address, line and column. */
const frame =
  /^ +at (?:async )?(?:(?<name>.*?) \()?(?<file>(?:file:\/\/)?(?:[A-Za-z]:)?[/\\][^()]*?):(?<at>\d+:\d+)\)?(?: \{)?$/;
/** esbuild's report of a syntax error. */
const syntax = /^(?<file>.+):(?<at>\d+:\d+): ERROR: (?<text>.*)$/gm;

const MOST_PLACES = 3;

/**
 * Splits a text of standard error into errors with their places, and the lines around them.
 * @param root the folder of the service
 */
export function splitTraces(text: string, root: string): (Trace | string)[] {
  const found = fatal.exec(text) ?? stacked.exec(text);
  if (!found) return text.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
  const { head = '', stack = '' } = found.groups ?? {};
  const before = text.slice(0, found.index).trimEnd();
  const after = text.slice(found.index + found[0].length).replace(/^\n+/, '');
  return [
    ...(before.trim() ? before.split('\n') : []),
    traceOf(stack, root, head),
    ...(after.trim() ? splitTraces(after, root) : []),
  ];
}

/**
 * Returns the error of a stack.
 * @param head the place that Node prints above the stack of an error without one in the source
 */
export function traceOf(stack: string, root: string, head = ''): Trace {
  const lines = stack.split('\n');
  const first = lines.findIndex((line) => frame.test(line) || /^ +at /.test(line));
  const words = (first === -1 ? lines : lines.slice(0, first)).join(' ').replaceAll(/\s+/g, ' ').trim();
  const [error, ...others] = [...stack.matchAll(syntax)].map(({ groups = {} }) => ({
    text: groups['text'] ?? '',
    place: placeIn(root, groups['file'] ?? '', groups['at'] ?? '') ?? '',
  }));
  if (error) {
    const further = others.map(({ place, text }) => `${place} ${text}`);
    return { message: `SyntaxError: ${error.text}`, places: [error.place, ...further].slice(0, MOST_PLACES) };
  }
  const places = lines.flatMap((line) => frameIn(root, line)).slice(0, MOST_PLACES);
  const [, file = '', at = ''] = /^(.+):(\d+)$/.exec(head) ?? [];
  const above = places.length === 0 ? placeIn(root, file, at) : undefined;
  const message = words.replace(/^Uncaught /, '').replaceAll(`${root}${path.sep}`, '');
  return { message, places: above ? [above] : places };
}

function frameIn(root: string, line: string): string[] {
  const { name, file = '', at = '' } = frame.exec(line)?.groups ?? {};
  const place = placeIn(root, file, at);
  if (!place) return [];
  return [name && name !== '<anonymous>' ? `${place} in ${name}` : place];
}

/** Returns the place relative to the service; undefined if it is not in the service's source. */
function placeIn(root: string, file: string, at: string): string | undefined {
  const absolute = file.startsWith('file://') ? fileURLToPath(file) : file;
  if (!path.isAbsolute(absolute)) return undefined;
  const relative = path.relative(root, absolute);
  if (relative.startsWith('..') || relative.split(path.sep).includes('node_modules')) return undefined;
  return `${relative}:${at}`;
}
