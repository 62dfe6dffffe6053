import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { printable, printableLine, printShown } from '../../terminal.ts';

/** The destination of lines from one service, or from `dev` itself. */
export interface Output {
  say: (line: string) => void;
  /** Copies every line of a stream with its colors, including an unterminated last line. */
  pass: (stream: Readable) => void;
}

/** The colors of names: cyan, magenta, yellow, blue, green, and their bright variants. */
const colours = [36, 35, 33, 34, 32, 96, 95, 93, 94, 92];

/** The colors of levels in a service's log lines: yellow and red. */
const levels: [RegExp, number][] = [
  [/^{"level":"warn"/, 33],
  [/^{"level":"(error|fatal)"/, 31],
];

const painted = (text: string, colour: number): string => `\x1b[${colour}m${text}\x1b[0m`;

/**
 * Prefixes each line with the name of its service. If the terminal supports colors, each name has its own, and warnings and
 * errors are colored too.
 */
export function createOutputs(names: string[], hasColours = showsColours()): Map<string, Output> {
  const width = Math.max(...names.map((name) => name.length));
  return new Map(
    names.map((name, index) => {
      const label = `${name.padEnd(width)} |`;
      if (!hasColours) return [name, createOutput((line) => `${label} ${line}`)];
      const shown = painted(label, colours[index % colours.length] ?? 0);
      return [name, createOutput((line) => `${shown} ${paintedByLevel(line)}`)];
    }),
  );
}

function paintedByLevel(line: string): string {
  const colour = levels.find(([pattern]) => pattern.test(line))?.[1];
  return colour ? painted(line, colour) : line;
}

/** @param shown returns the text to print for a line */
export function createOutput(shown = (line: string): string => line): Output {
  const write = (line: string): void => printShown(`${shown(line)}\n`);
  const say = (text: string): void => write(printable(text));
  const pass = (stream: Readable): void => {
    const decoder = new StringDecoder();
    let rest = '';
    stream.on('data', (bytes: Buffer) => {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) write(printableLine(line.replace(/\r$/, '')));
    });
    stream.on('end', () => rest && write(printableLine(rest)));
  };
  return { say, pass };
}

/** https://no-color.org, and https://force-color.org, which npm and others set. */
function showsColours(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  return FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY;
}
