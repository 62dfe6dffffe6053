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
