import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Where lines of one service, or of `dev` itself, go. */
export interface Output {
  say: (line: string) => void;
  /** Passes on every line of a stream, the last one too when nothing ends it. */
  pass: (stream: Readable) => void;
}

/** The colours of names: cyan, magenta, yellow, blue, green, and the same brightly. */
const colours = [36, 35, 33, 34, 32, 96, 95, 93, 94, 92];

/** Lines bear the name of who says them, each name in a colour of its own where the terminal shows colours. */
export function createOutputs(names: string[], hasColours = showsColours()): Map<string, Output> {
  const width = Math.max(...names.map((name) => name.length));
  return new Map(
    names.map((name, index) => {
      const label = `${name.padEnd(width)} |`;
      const colour = colours[index % colours.length];
      return [name, createOutput(`${hasColours ? `\x1b[${colour}m${label}\x1b[0m` : label} `)];
    }),
  );
}

/** @param prefix stands before every line */
export function createOutput(prefix = ''): Output {
  const say = (line: string): void => void process.stdout.write(`${prefix}${line}\n`);
  const pass = (stream: Readable): void => {
    const decoder = new StringDecoder();
    let rest = '';
    stream.on('data', (bytes: Buffer) => {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) say(line);
    });
    stream.on('end', () => rest && say(rest));
  };
  return { say, pass };
}

/** https://no-color.org, and https://force-color.org, which npm and others set. */
function showsColours(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  return FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY;
}
