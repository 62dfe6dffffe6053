import { printable } from '../../logging/terminal.ts';
const GAP = 2;
const NARROWEST = 8;

/** A column of a table; `right` aligns its cells to the right. */
export interface Column {
  title: string;
  right?: boolean;
}

/** The width of the terminal; undefined if the output goes elsewhere and must not be shortened. */
export const terminalWidth = (): number | undefined =>
  process.stdout.isTTY ? process.stdout.columns : undefined;

/**
 * Formats a table with aligned columns. If it is wider than `width`, the widest columns are shortened, and "…" marks a
 * shortened cell.
 */
export function tableText(columns: readonly Column[], rows: string[][], width = terminalWidth()): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map(oneLine))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index] ?? ''))));
  if (width !== undefined) shrink(widths, width);
  return lines.map((line) => lineText(line, widths, columns)).join('\n');
}

function shrink(widths: number[], width: number): void {
  const total = (): number => widths.reduce((sum, each) => sum + each + GAP, -GAP);
  while (total() > width && Math.max(...widths) > NARROWEST) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function lineText(cells: string[], widths: number[], columns: readonly Column[]): string {
  const padded = widths.map((width, index) => {
    const cell = shortenedCell(cells[index] ?? '', width);
    const space = ' '.repeat(width - lengthOf(cell));
    return columns[index]?.right ? space + cell : cell + space;
  });
  return padded.join(' '.repeat(GAP)).trimEnd();
}

const lengthOf = (text: string): number => Array.from(text).length;

function shortenedCell(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

/** Puts a cell on one line. */
const oneLine = (text: string): string => printable(text.replaceAll(/[ \t\r\n]+/g, ' ').trim());
