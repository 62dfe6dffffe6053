import pg from 'pg';

/** Returns the rows of one query on its own connection. Rejects if nothing answers within 10 s. */
export async function query<Row extends object = Record<string, unknown>>(
  connectionString: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined); // a server that dies after its answer
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
