import { mkdtemp, readFile, rm, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { dropDatabase } from '../../src/devkit/postgres/drop-database.ts';
import { type PostgresServer, startPostgres } from '../../src/devkit/postgres/postgres.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A PostgreSQL that keeps committed data, as in production, behind a proxy. */
export interface StoppablePostgres {
  proxy: TcpProxy;
  /** The address of a database for services, through the proxy. */
  url(database: string): string;
  /** The address of a database without the proxy. */
  directUrl(database: string): string;
  createDatabase(name: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Immediate shutdown (SIGQUIT): no checkpoint, every session dies, the next start recovers from the WAL. */
  kill(): Promise<void>;
  /** Starts it again with its data, at the same address; does nothing while it runs. */
  start(): Promise<void>;
  /** Stops it permanently and removes its data. */
  stop(): Promise<void>;
}

export async function startStoppablePostgres(): Promise<StoppablePostgres> {
  const directory = await mkdtemp(path.join(tmpdir(), 'faults-postgres-'));
  await chmod(directory, 0o755);
  let server: PostgresServer | undefined = await startPostgres({ directory });
  const { port, url: directUrl } = server;
  const proxy = await startTcpProxy(port);

  async function execute(sql: string): Promise<void> {
    const client = new Client({ connectionString: directUrl('postgres') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  return {
    proxy,
    url: (database) => directUrl(database).replace(`:${port}/`, `:${proxy.port}/`),
    directUrl,
    createDatabase: (name) => execute(`create database ${name}`),
    dropDatabase: (name) => dropDatabase(directUrl('postgres'), name),
    async kill() {
      const [pid] = (await readFile(path.join(directory, 'data', 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
      await server?.ended;
      server = undefined;
    },
    async start() {
      server ??= await startPostgres({ directory, port });
    },
    async stop() {
      await server?.stop();
      await proxy.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
