const gap = '  ';

/** Formats rows as left-aligned columns, separated by two spaces. */
export function tableLines(rows: string[][]): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

/** Formats as many of the first columns as fit into `width`, but at least two. */
export function fittingTable(rows: string[][], width: number): string[] {
  const widths = widthsOf(rows);
  const total = (count: number): number =>
    widths.slice(0, count).reduce((sum, each) => sum + each + gap.length, -gap.length);
  let count = widths.length;
  while (count > 2 && total(count) > width) count -= 1;
  return tableLines(rows.map((row) => row.slice(0, count)));
}

const widthsOf = (rows: string[][]): number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
