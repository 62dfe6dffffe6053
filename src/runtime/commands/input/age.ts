import { MisuseError } from './command.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const units: Record<string, number> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** The milliseconds of "90s", "10m", "2h" or "3d". Throws a `MisuseError` for anything else. */
export function parseAge(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const milliseconds = units[unit];
  if (milliseconds === undefined)
    throw new MisuseError(`"${text}" is not an age; write 90s, 10m, 2h or 3d, for example`);
  return Number(count) * milliseconds;
}

/**
 * The time that "beginning" (undefined), "2h" (that long before `now`) or an ISO time means. Throws a `MisuseError` for
 * anything else, and for a time that is still to come.
 */
export function parseTime(text: string, now = new Date()): Date | undefined {
  if (text === 'beginning') return undefined;
  const time = /^\d+[a-z]$/.test(text) ? new Date(now.getTime() - parseAge(text)) : isoTime(text);
  if (!time)
    throw new MisuseError(
      `"${text}" is not a time; write ${now.toISOString()}, an age such as 2h, or beginning, for example`,
    );
  if (time > now)
    throw new MisuseError(`${time.toISOString()} is in the future; the time is ${now.toISOString()}`);
  return time;
}

/** A time without a zone is one of this machine's zone, as ISO 8601 says; a day begins at midnight there. */
function isoTime(text: string): Date | undefined {
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
  const time = new Date(text.length === '2026-01-01'.length ? `${text}T00:00` : text);
  return iso.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** How long ago, in the largest unit that gives at least 2, or in seconds; a time to come is "in 5m". */
export function ageOf(time: Date, now = new Date()): string {
  const ago = now.getTime() - time.getTime();
  return ago < 0 ? `in ${duration(-ago)}` : duration(ago);
}

function duration(milliseconds: number): string {
  const [unit, size] = Object.entries(units).findLast(([, size]) => milliseconds >= 2 * size) ?? [
    's',
    SECOND,
  ];
  return `${Math.round(milliseconds / size)}${unit}`;
}
