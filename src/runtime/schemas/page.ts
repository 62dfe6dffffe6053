import joi from 'joi';
import { formatPosition, parsePosition, type Position, type SortedPosition } from './position.ts';

export interface PageQuery {
  limit: number;
  after?: Position;
}

export interface Page<Item> {
  items: Item[];
  /** The `after` of the next page; null on the last one. */
  next: string | null;
}

/** The query of a list: `limit` (1 to 100, default 20) and `after`, the opaque `next` of the previous page. */
export const pageQuerySchema = joi
  .object<PageQuery>({
    limit: joi
      .number()
      .integer()
      .min(1)
      .max(100)
      .default(20)
      .description('The maximum number of items; a page of large items has fewer'),
    after: joi
      .string()
      .custom((text: string, helpers) => {
        const position = parsePosition(text);
        return position && position[2] === undefined ? position : helpers.error('any.invalid');
      })
      .messages({ 'any.invalid': '{{#label}} must be the "next" value of an earlier page' })
      .description('The "next" value of the previous page'),
  })
  .label('PageQuery');

/** Returns the schema of one page of `item`. */
export const pageSchemaOf = <Item>(item: joi.ObjectSchema<Item>): joi.ObjectSchema<Page<Item>> =>
  joi.object<Page<Item>>({
    items: joi.array().items(item).required(),
    next: joi
      .string()
      .allow(null)
      .required()
      .description('Pass this value as "after" to get the next page; null on the last page'),
  });

/** The most bytes of one page's items: a client could otherwise request a hundred items of the largest size at once. */
const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Cuts `rows`, read with a limit of `limit + 1`, to one page. `at` returns the time by which the rows are ordered before
 * their id. The page ends early if its items exceed `maxBytes` of JSON, but has at least one item; `next` leads to the rest.
 */
export function toPage<Item extends { id: string }>(
  rows: Item[],
  limit: number,
  at: (row: Item) => string,
  maxBytes = MAX_PAGE_BYTES,
): Page<Item> {
  return cutPage(rows, limit, (row) => [at(row), row.id], maxBytes);
}

/** Cuts rows like `toPage`; `positionOf` returns the position of the last item. */
export function cutPage<Item extends { id: string }>(
  rows: Item[],
  limit: number,
  positionOf: (row: Item) => Position | SortedPosition,
  maxBytes = MAX_PAGE_BYTES,
): Page<Item> {
  const items = fitting(rows.slice(0, limit), maxBytes);
  const last = rows.length > items.length ? items.at(-1) : undefined;
  return { items, next: last ? formatPosition(positionOf(last)) : null };
}

/** Returns the first items that together take at most `maxBytes` of JSON, but at least one. */
function fitting<Item extends object>(items: Item[], maxBytes: number): Item[] {
  if (surelyFit(items, maxBytes)) return items;
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + Math.min(index, 1);
    return index > 0 && bytes > maxBytes;
  });
  return end === -1 ? items : items.slice(0, end);
}

/** The most bytes of a character, `\u001f`, and of a number, a boolean or null in JSON. */
const CHARACTER = 6;
const SCALAR = 32;

/**
 * Returns true only if the items take less than `maxBytes` of JSON, by the lengths of their texts: writing the JSON of nearly
 * every page twice would cost as much as the rest of its answer.
 */
function surelyFit<Item extends object>(items: readonly Item[], maxBytes: number): boolean {
  let most = 0;
  for (const item of items) {
    for (const name in item) most += CHARACTER * name.length + mostBytes(item[name]);
    if ('toJSON' in item || most > maxBytes) return false;
  }
  return true;
}

/** The most bytes of a property's value, its punctuation included. */
function mostBytes(value: unknown): number {
  if (typeof value === 'string') return CHARACTER * value.length + SCALAR;
  if (typeof value !== 'object' || value === null) return SCALAR;
  return CHARACTER * (JSON.stringify(value) ?? '').length + SCALAR;
}
