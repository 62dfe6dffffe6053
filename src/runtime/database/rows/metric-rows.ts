import type { Knex } from 'knex';

/**
 * Resolves to the rows of a query for metrics; undefined if PostgreSQL does not answer within 2 s, because the other metrics are then
 * more important than ever.
 */
export async function readMetricRows<Row>(database: Knex, sql: string): Promise<Row[] | undefined> {
  try {
    const { rows } = await database.raw<{ rows: Row[] }>(sql).timeout(2_000, { cancel: true });
    return rows;
  } catch {
    return undefined;
  }
}
