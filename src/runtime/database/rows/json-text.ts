/**
 * Returns the text of a value for a json or jsonb column. pg itself would send an array as a PostgreSQL array, and a text
 * without quotes, which is not JSON. undefined (a missing value) and null (SQL null) are returned unchanged.
 */
export const jsonText = (value: unknown): string | null | undefined =>
  value === undefined || value === null ? value : JSON.stringify(value);
