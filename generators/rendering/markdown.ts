const table = /(?:^\|.*\|\n)+/gm;
const separator = /(?<!\\)\|/;

/** Aligns the columns of every table, as prettier does; a template cannot, since its values have any length. */
export const alignTables = (markdown: string): string => markdown.replaceAll(table, alignTable);

function alignTable(text: string): string {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) =>
      line
        .slice(1, -1)
        .split(separator)
        .map((cell) => cell.trim()),
    );
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.filter((__, row) => row !== 1).map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row, index) =>
    widths.map((width, column) => (index === 1 ? '-'.repeat(width) : (row[column] ?? '').padEnd(width))),
  );
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Reports whether a line of prose is the same in Markdown, with any formatter: letters, digits and plain punctuation. */
export const isPlain = (line: string): boolean => /^\p{L}(?: ?[\p{L}\d,.;'"()-])*$/u.test(line);
