/** So many rows are counted at most beyond those that are listed: these tables can be large. */
export const COUNTED = 10_000;

/**
 * The SQL that holds for what a filter lets through, and its values. `conditions` has one for each member of the filter,
 * which names it as `topic = :topic`; those whose member was not given are left out.
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

/** The condition that `column` is older than the filter's `olderThan` milliseconds. */
export const olderThan = (column: string): string =>
  `${column} <= now() - :olderThan * interval '1 millisecond'`;
