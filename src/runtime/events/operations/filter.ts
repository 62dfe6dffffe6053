/** The most rows counted beyond those listed: these tables can be large. */
export const COUNTED = 10_000;

/**
 * Returns the SQL condition of a filter, and its values. `conditions` has one entry for each member of the filter, which it
 * names like `topic = :topic`; conditions of missing members are omitted.
 */
export function conditionsOf<Filter extends object>(
  filter: Filter,
  conditions: Record<keyof Filter, string>,
): { sql: string; values: Record<string, string | number> } {
  const given = Object.entries(filter).filter(
    (entry): entry is [keyof Filter & string, string | number] => entry[1] !== undefined,
  );
  const sql = given.map(([name]) => conditions[name]).join(' and ');
  return { sql: sql || 'true', values: Object.fromEntries(given) };
}

/** Returns the condition that `column` is older than the filter's `olderThan` milliseconds. */
export const olderThan = (column: string): string =>
  `${column} <= now() - :olderThan * interval '1 millisecond'`;

/** The first events of a list: at most `events`, with values of at most `bytes` in all unless the first one has more. */
export interface Excerpt {
  events: number;
  bytes: number;
}

/** The events that are read at once where all of them are read. */
export const AT_ONCE: Excerpt = { events: 200, bytes: 4 * 1024 * 1024 };

/**
 * Returns the SQL of the rows of `rows` up to a size in bytes, which is the next binding, in the order of their ids. The rows
 * have the table's columns, and `bytes`; `octet_length` reads no stored value.
 */
export const excerptOf = (rows: string): string => `
  (select * from (
     select *, row_number() over queue as place, sum(bytes) over queue as total from (${rows}) as queued
     window queue as (order by id)
   ) as measured where place = 1 or total <= ?)`;
