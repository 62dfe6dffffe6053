/** The start of a page: after the row with this time (ISO 8601) and id. */
export type Position = readonly [at: string, id: string];

/** The start of a page of a sorted list: after the row with this value of the sort key, and this id. */
export type SortedPosition = readonly [value: SortValue, id: string, sort?: string];

export type SortValue = string | number | boolean | null;

/** Returns the text of a position for clients. */
export const formatPosition = (position: Position | SortedPosition): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Returns the position of a text; undefined if `formatPosition` did not return the text. */
export function parsePosition(text: string): SortedPosition | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return isPosition(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is SortedPosition {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [at, id, sort] = value as unknown[];
  if (typeof id !== 'string') return false;
  if (sort === undefined) return isTime(at);
  return typeof sort === 'string' && (at === null || ['string', 'number', 'boolean'].includes(typeof at));
}

const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value));
