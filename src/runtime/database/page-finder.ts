import type joi from 'joi';
import type { Knex } from 'knex';
import { cutPage, type Page } from '../schemas/page.ts';
import type { SortedPosition, SortValue } from '../schemas/position.ts';

/** A query as `querySchemaOf` reads it: `limit`, `sort`, `after`, and filters. */
interface Query {
  limit: number;
  sort?: string;
  after?: SortedPosition;
}

/** The order of a list: by `key`, then by id, both in the same direction. */
interface Order {
  key: string;
  isDescending: boolean;
  /** Whether rows can have no value: they are the last ones in ascending order. */
  isNullable: boolean;
}

/**
 * Returns a function that reads one page of `rows`, a query for rows of `item`: those that pass the filters, sorted by the sort
 * key and the id, after the position. An index on the key and the id serves it. A row that does not change while a client reads all
 * pages is on exactly one of them.
 */
export function pageFinder<Item extends { id: string }>(item: joi.ObjectSchema<Item>) {
  const { keys = {} } = item.describe() as { keys?: Record<string, { allow?: unknown[] }> };
  const nullable = new Set(Object.keys(keys).filter((key) => keys[key]?.allow?.includes(null)));

  return async (rows: Knex.QueryBuilder, { limit, sort, after, ...filters }: Query): Promise<Page<Item>> => {
    const key = sort?.replace('-', '') ?? 'createdAt';
    const order = { key, isDescending: sort?.startsWith('-') ?? false, isNullable: nullable.has(key) };
    const direction = order.isDescending ? 'desc' : 'asc';
    for (const [field, value] of Object.entries(filters))
      if (value !== undefined) rows.where(field, value as Knex.Value);
    if (after) startAfter(rows, order, after);
    rows.orderBy([key, 'id'].map((column) => ({ column, order: direction }))).limit(limit + 1);
    return cutPage((await rows) as Item[], limit, (row) => positionOf(row, key, sort));
  };
}

function positionOf(row: { id: string }, key: string, sort: string | undefined): SortedPosition {
  const value = (row as unknown as Record<string, SortValue>)[key] ?? null;
  return sort === undefined ? [value, row.id] : [value, row.id, sort];
}

/** PostgreSQL sorts a missing value last in ascending order, and first in descending order. */
function startAfter(
  rows: Knex.QueryBuilder,
  { key, isDescending, isNullable }: Order,
  after: SortedPosition,
): void {
  const [value, id] = after;
  const comparison = isDescending ? '<' : '>';
  if (value === null && isDescending)
    rows.whereRaw('((?? is null and id < ?) or ?? is not null)', [key, id, key]);
  else if (value === null) rows.whereRaw('(?? is null and id > ?)', [key, id]);
  else if (isNullable && !isDescending)
    rows.whereRaw('((??, id) > (?, ?) or ?? is null)', [key, value, id, key]);
  else rows.whereRaw(`(??, id) ${comparison} (?, ?)`, [key, value, id]);
}
