import { printable, printableLine, printShown } from '../../terminal.ts';
import { painted, sgr, showsColors } from './colors.ts';
import { wrapped } from './wrap.ts';

/** Prints the lines of one service to a terminal. */
export interface TerminalLines {
  /** Prints a text, broken into lines of the terminal's width, after the time and the name. */
  print: (text: string, style?: LineStyle) => void;
  /** Prints a line of a program with its colors. */
  raw: (line: string) => void;
}

export interface LineStyle {
  color?: number;
  /** A word before the text, in the color; the text then has the terminal's color. */
  label?: string;
  /** Lines below the text, each a place in the source. */
  below?: readonly string[];
}

/** The width of the terminal; 80 if it is unknown. */
export const terminalColumns = (): number => process.stdout.columns || 80;

/** The narrowest text beside time and name. */
const NARROWEST = 30;
const timeWidth = '00:00:00'.length;

/**
 * @param name the name of the service, padded to the longest one; empty if there is only one service
 * @param color the color of the name
 */
export function createTerminalLines(name: string, color: number, hasColors = showsColors()): TerminalLines {
  const paint = (text: string, code?: number): string =>
    hasColors && code !== undefined && text !== '' ? painted(text, code) : text;
  const indent = timeWidth + 2 + (name ? name.length + 2 : 0);
  const begin = (): string => {
    const time = paint(new Date().toTimeString().slice(0, timeWidth), sgr.dim);
    return name ? `${time}  ${paint(name, color)}  ` : `${time}  `;
  };
  const rest = ' '.repeat(indent);
  return {
    print(text, { color: code, label, below = [] } = {}) {
      const width = Math.max(NARROWEST, terminalColumns() - indent);
      const lines = wrapped(printable(label ? `${label} ${text}` : text).replaceAll('\n', ' '), width);
      const [first = '', ...others] = lines.map((line, index) => {
        if (!label) return paint(line, code);
        return index === 0 ? paint(label, code) + line.slice(label.length) : line;
      });
      const places = below.map((place) => paint(printable(place), sgr.dim));
      printShown(`${[begin() + first, ...[...others, ...places].map((line) => rest + line)].join('\n')}\n`);
    },
    raw: (line) => printShown(`${begin()}${printableLine(line)}\n`),
  };
}
