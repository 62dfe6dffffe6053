import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { printable, printableLine, printShown } from '../../terminal.ts';

/** Where lines of one service, or of `dev` itself, go. */
export interface Output {
  say: (line: string) => void;
  /** Passes on every line of a stream with its colors, the last one too when nothing ends it. */
  pass: (stream: Readable) => void;
}

/** The colours of names: cyan, magenta, yellow, blue, green, and the same brightly. */
const colours = [36, 35, 33, 34, 32, 96, 95, 93, 94, 92];

/** What a log line of the service tells of its level, in yellow and red. */
const levels: [RegExp, number][] = [
  [/^{"level":"warn"/, 33],
  [/^{"level":"(error|fatal)"/, 31],
];

const painted = (text: string, colour: number): string => `\x1b[${colour}m${text}\x1b[0m`;

/**
 * Lines bear the name of who says them. Where the terminal shows colours each name has one of its own, and so have warnings and
 * errors.
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

/** @param shown makes of every line what is printed */
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
