/** Select Graphic Rendition of ECMA-48. */
export const sgr = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/** The colors of names: cyan, magenta, yellow, blue, green, and their bright variants. */
const nameColors = [36, 35, 33, 34, 32, 96, 95, 93, 94, 92];

export const colorOfName = (index: number): number => nameColors[index % nameColors.length] ?? 0;

export const painted = (text: string, color: number): string => `\x1b[${color}m${text}\x1b[0m`;

/** https://no-color.org, and https://force-color.org, which npm and others set. */
export function showsColors(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  return FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY;
}
