import { camelCase, snakeCase } from './column-names.ts';

/** The options of the query builder for column names and timestamps. Raw SQL is sent and read unchanged. */
export interface RowFormat {
  /**
   * Columns and tables in snake_case have camelCase names in queries and in rows: `createdAt` is the column `created_at`.
   * Keys inside of json values and raw SQL within a query do not change.
   */
  camelCase?: boolean;
  /** timestamptz is ISO text in UTC with milliseconds, `2026-01-31T12:00:00.000Z`, rather than a Date. */
  isoTimestamps?: boolean;
}

type Row = Record<string, unknown>;

/** Knex's setting for the names that it sends. */
export const wrapSnakeCase = (name: string, wrap: (name: string) => string): string => wrap(snakeCase(name));

/** Returns the rows of one result with camelCase names. Inspects no value. */
export function camelCaseRows(rows: Row[]): Row[] {
  const [first] = rows;
  if (!first) return rows;
  const columns = Object.keys(first);
  if (columns.every((column) => camelCase(column) === column)) return rows;
  return rows.map((row) => {
    const named: Row = {};
    for (const column of columns) named[camelCase(column)] = row[column];
    return named;
  });
}
