import { durationOf, durationText } from '../../async/duration.ts';
import { MisuseError } from './command.ts';

/** Converts "90s", "10m", "2h" or "3d" to milliseconds. Throws a `MisuseError` for any other text. */
export function parseAge(text: string): number {
  const milliseconds = durationOf(text);
  if (milliseconds === undefined)
    throw new MisuseError(`"${text}" is not an age; write 90s, 10m, 2h or 3d, for example`);
  return milliseconds;
}

/**
 * Converts "beginning" (undefined), "2h" (that long before `now`) or an ISO time to a time. Throws a `MisuseError` for any
 * other text and for a time in the future.
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

/** As in ISO 8601, a time without a zone is local; a date means midnight. */
function isoTime(text: string): Date | undefined {
  const iso = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;
  const time = new Date(text.length === '2026-01-01'.length ? `${text}T00:00` : text);
  return iso.test(text) && !Number.isNaN(time.getTime()) ? time : undefined;
}

/** Formats the age of a time in the largest unit with a value of at least 2, or in seconds; a future time is "in 5m". */
export function ageOf(time: Date, now = new Date()): string {
  const ago = now.getTime() - time.getTime();
  return ago < 0 ? `in ${durationText(-ago)}` : durationText(ago);
}
