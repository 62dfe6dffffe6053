/**
 * A value for a json or jsonb column. pg itself would send an array as an array of PostgreSQL, and a text unquoted, which is
 * not JSON. undefined and null stay: a missing value, and SQL null.
 */
export const jsonText = (value: unknown): string | null | undefined =>
  value === undefined || value === null ? value : JSON.stringify(value);
