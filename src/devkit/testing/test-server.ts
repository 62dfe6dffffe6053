import { randomBytes } from 'node:crypto';
import { knexConfig, migrateLatest } from 'microservice-runtime/migrations';
import { Client, escapeIdentifier } from 'pg';
import { errorCode, errorMessage } from '../errors.ts';
import { dropDatabase } from '../postgres/drop-database.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { SQL_STATE } from '../postgres/sql-state.ts';

export interface TestDatabase {
  url: string;
  /** Ends its connections and drops it. Safe to repeat. */
  drop: () => Promise<void>;
}

export interface TestServer {
  /** Creates a database with the service's migrations applied and no data. */
  createDatabase: () => Promise<TestDatabase>;
  /** Drops the created databases, and stops an embedded server. Safe to repeat. */
  stop: () => Promise<void>;
}

interface Server {
  /** Returns the address of the database with this name. */
  url: (database?: string) => string;
  stop: () => Promise<void>;
}

/**
 * Opens one PostgreSQL for a test run: the one of TEST_DATABASE_URL, whose user must be able to create databases, else an
 * embedded one. DATABASE_URL is never read. The migrations of the service at `root` run once, in a template.
 */
export async function startTestServer(root: string): Promise<TestServer> {
  const server = await openServer(process.env['TEST_DATABASE_URL']);
  try {
    const template = await createDatabase(server);
    await migrateLatest(await knexConfig(root, { databaseUrl: template.url }));
    return {
      createDatabase: () => createDatabase(server, template.name),
      stop: async () => {
        await template.drop();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function openServer(address: string | undefined): Promise<Server> {
  if (!address) return startPostgres();
  const url = (database?: string) => withDatabase(address, database);
  await query(address, 'select 1').catch((cause: unknown) => {
    throw new Error(
      `TEST_DATABASE_URL: ${errorMessage(cause)}. Correct it, or unset it to test with an embedded PostgreSQL.`,
      {
        cause,
      },
    );
  });
  return { url, stop: () => Promise.resolve() };
}

function withDatabase(address: string, database: string | undefined): string {
  if (!database) return address;
  return address.replace(/^(\w+:\/\/[^/?#]*)(\/[^?#]*)?/, (_, server) => `${server}/${database}`);
}

async function createDatabase(server: Server, template?: string): Promise<TestDatabase & { name: string }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const source = template ? ` template ${escapeIdentifier(template)}` : '';
  await query(server.url(), `create database ${name}${source}`).catch((cause: unknown) => {
    if (errorCode(cause) !== SQL_STATE.INSUFFICIENT_PRIVILEGE) throw cause;
    throw new Error('The user of TEST_DATABASE_URL may not create databases. Run alter role ... createdb.', {
      cause,
    });
  });
  const drop = () => dropDatabase(server.url(), name);
  return { name, url: server.url(name), drop };
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
