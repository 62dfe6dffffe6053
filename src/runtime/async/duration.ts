const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const units: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Converts "90s", "10m", "2h" or "3d" to milliseconds; undefined for any other text. */
export function durationOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = units[unit];
  return milliseconds === undefined ? undefined : Number(count) * milliseconds;
}

/** Formats milliseconds in the largest unit with a value of at least 2, or in seconds. */
export function durationText(milliseconds: number): string {
  const [unit, size] = Object.entries(units).findLast(([, size]) => milliseconds >= 2 * size) ?? [
    's',
    SECOND,
  ];
  return `${Math.round(milliseconds / size)}${unit}`;
}
