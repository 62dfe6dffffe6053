import type { RequestHandler } from 'express';

/** The announced end of a router. */
export interface Deprecated {
  /** The date since when clients should move on, as in ISO 8601: `2026-11-30`. */
  since: string;
  /** The date after which the routes may be gone. */
  sunset?: string;
  /** The path that replaces the router's, such as `/v2/users`. */
  successor?: string;
}

/**
 * Adds `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the successor (RFC 5829) to every response. Throws a RangeError for
 * an invalid date and for a sunset before `since`.
 */
export function withDeprecation({ since, sunset, successor }: Deprecated): RequestHandler {
  const begins = timeOf(since);
  const ends = sunset === undefined ? undefined : timeOf(sunset);
  if (ends !== undefined && ends < begins) throw new RangeError(`the sunset ${sunset} is before ${since}`);
  return (_req, res, next) => {
    res.setHeader('deprecation', `@${begins / 1_000}`);
    if (ends !== undefined) res.setHeader('sunset', new Date(ends).toUTCString());
    if (successor !== undefined) res.setHeader('link', `<${successor}>; rel="successor-version"`);
    next();
  };
}

function timeOf(date: string): number {
  const time = Date.parse(date);
  if (Number.isNaN(time)) throw new RangeError(`${JSON.stringify(date)} is not a date; write 2027-06-30`);
  return time;
}
