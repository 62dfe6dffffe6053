import { Client, escapeIdentifier } from 'pg';
import { errorCode } from '../errors.ts';
import { SQL_STATE } from './sql-state.ts';

/**
 * Ends the connections of the owner and drops the database; does nothing if there is none. `drop database ... with (force)`
 * fails for a login that is not a superuser while autovacuum works in the database. Without `force`, PostgreSQL itself ends
 * autovacuum, and waits up to 5 s for connections to end (CountOtherDBBackends in src/backend/storage/ipc/procarray.c).
 * @param connectionString the address of another database, as the owner of `name`
 */
export async function dropDatabase(connectionString: string, name: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`alter database ${escapeIdentifier(name)} allow_connections false`);
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = current_user',
      [name],
    );
    await client.query(`drop database ${escapeIdentifier(name)}`);
  } catch (error) {
    if (errorCode(error) !== SQL_STATE.INVALID_CATALOG_NAME) throw error; // otherwise it is gone
  } finally {
    await client.end();
  }
}
