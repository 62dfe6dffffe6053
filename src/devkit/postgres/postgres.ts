import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { ensureDatabases, ensureRole, isLetIn, writeAccessRules } from './access.ts';
import { type Account, assertReachable, chooseAccount } from './account.ts';
import { type PostgresBinaries, findBinaries } from './binaries.ts';
import { createDataDirectory, createFleetingDataDirectory } from './data-directory.ts';
import { findFreePort } from './free-port.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { durable, fleeting } from './settings.ts';
import { clearStaleServer } from './stale-server.ts';
import { createTemporaryDirectory, removeDirectory } from './temporary-directory.ts';

export interface PostgresOptions {
  /** Where the data stay between runs. Without it they live in a temporary directory and end with the server. */
  directory?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** The address to listen on; 127.0.0.1 by default. */
  host?: string;
  /** A superuser, `postgres` by default. */
  user?: string;
  /** `postgres` by default; the empty string lets everyone on this machine in. */
  password?: string;
  /** Databases that must exist. */
  databases?: string[];
}

export interface PostgresServer {
  port: number;
  /** The address of a database, `postgres` by default, with user and password. */
  url(database?: string): string;
  /** Resolves when the server has ended, for whatever reason. */
  ended: Promise<void>;
  /** Ends the server; temporary data are removed. Safe to repeat. */
  stop(): Promise<void>;
}

interface Plan extends Required<Omit<PostgresOptions, 'directory'>> {
  binaries: PostgresBinaries;
  account: Account | undefined;
  /** The data directory and, beside it, the log. */
  data: string;
  logFile: string;
  temporary: string | undefined;
}

/**
 * Starts a real PostgreSQL of our own and resolves when it answers `user` with `password` on all `databases`. It works as
 * root too (under another account), recovers after a SIGKILL of everything, does not keep the process alive and ends with
 * it. Throws what PostgreSQL says when it cannot start, for instance because the port is taken.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const plan = await createPlan(options);
  try {
    await createData(plan);
    const { server, port } = await startLettingIn(plan);
    const login = encodeLogin(plan);
    return {
      port,
      url: (database = 'postgres') =>
        `postgres://${login}${plan.host}:${port}/${encodeURIComponent(database)}`,
      ended: server.ended,
      stop: () => server.stop().then(() => removeDirectory(plan.temporary)),
    };
  } catch (error) {
    await removeDirectory(plan.temporary);
    throw error;
  }
}

async function createPlan(options: PostgresOptions): Promise<Plan> {
  const {
    directory,
    port = 0,
    host = '127.0.0.1',
    user = 'postgres',
    password = 'postgres',
    databases = [],
  } = options;
  const binaries = await findBinaries();
  const account = await chooseAccount(path.join(directory ?? '', 'data'));
  await assertReachable(binaries.postgres, account);
  const temporary = directory ? undefined : await createTemporaryDirectory(account);
  const home = path.resolve(directory ?? temporary!);
  await mkdir(home, { recursive: true });
  const data = path.join(home, 'data');
  await assertReachable(data, account);
  const logFile = path.join(home, 'postgres.log');
  return { port, host, user, password, databases, binaries, account, data, logFile, temporary };
}

async function createData(plan: Plan): Promise<void> {
  if (plan.temporary) await createFleetingDataDirectory(plan.data, plan);
  else await createDataDirectory(plan.data, plan);
  await clearStaleServer(plan.data);
  await writeAccessRules(plan.data, plan.password);
}

async function startLettingIn(plan: Plan): Promise<{ server: ServerProcess; port: number }> {
  const { server, port } = await start(plan);
  try {
    const login = { host: plan.host, port, user: plan.user, password: plan.password };
    if (await isLetIn(login)) {
      await ensureDatabases(login, plan.databases);
      return { server, port };
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
  await server.stop();
  await ensureRole({ ...plan, postgres: plan.binaries.postgres, directory: plan.data });
  return startLettingIn(plan);
}

async function start(plan: Plan, attempt = 1): Promise<{ server: ServerProcess; port: number }> {
  const port = plan.port || (await findFreePort(plan.host));
  try {
    const server = await startServerProcess({
      ...plan,
      postgres: plan.binaries.postgres,
      directory: plan.data,
      port,
      settings: plan.temporary ? fleeting : durable,
      fleeting: plan.temporary !== undefined,
      removeAfterwards: plan.temporary,
    });
    return { server, port };
  } catch (error) {
    const portWasLost = plan.port === 0 && /could not (bind|create any TCP)/.test((error as Error).message);
    if (portWasLost && attempt < 5) return start(plan, attempt + 1);
    throw error;
  }
}

function encodeLogin({ user, password }: Plan): string {
  return `${encodeURIComponent(user)}${password && `:${encodeURIComponent(password)}`}@`;
}
