import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../errors.ts';
import { ensureDatabases, isLetIn, writeAccessRules } from './access.ts';
import { createDataDirectory, dropTemplate } from './directories/data-directory.ts';
import { removeDirectory } from './directories/foreign-directory.ts';
import { findFreePort } from './server/free-port.ts';
import { type Plan, type PostgresOptions, createPlan } from './plan.ts';
import { ensureRole } from './server/role.ts';
import { type ServerProcess, type StopMode, startServerProcess } from './server/server-process.ts';
import { durable, fleeting } from './settings.ts';
import { clearStaleServer } from './stale-server.ts';

export type { PostgresOptions } from './plan.ts';
export type { StopMode } from './server/server-process.ts';

export interface PostgresServer {
  /** For a Unix socket, the number in its name. */
  port: number;
  /** The folder that contains the data directory `data`. */
  directory: string;
  /** Returns the address of a database, by default `postgres`, with user and password, as pg and libpq read it. */
  url: (database?: string) => string;
  /** Resolves when the server has ended, for any reason. */
  ended: Promise<void>;
  /** Stops the server and deletes temporary data. Safe to repeat, for example to hurry a stop. */
  stop: (mode?: StopMode) => Promise<void>;
}

/**
 * How often, each tenth of a second, the start is tried while a backend of a killed server still runs: more than a minute.
 */
const backendPatience = 600;

interface Started {
  server: ServerProcess;
  port: number;
}

/**
 * Starts a real PostgreSQL and resolves when it accepts `user` with `password` on all `databases`. Other accounts of the
 * machine cannot log in. The server works as root too (under another account, without capabilities), recovers after SIGKILL
 * of all its processes, does not keep this process alive, and ends with it. Rejects in production (NODE_ENV), and with
 * PostgreSQL's message if it cannot start, for example because the port is taken.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new Error(
      'The embedded PostgreSQL does not start with NODE_ENV=production. Use a real server in production.',
    );
  }
  const plan = await createPlan(options);
  try {
    await createData(plan);
    const { server, port } = await startLettingIn(plan);
    return {
      port,
      directory: path.dirname(plan.data),
      url: (database = 'postgres') => databaseUrl(plan, port, database),
      ended: server.ended,
      stop: (mode) => server.stop(mode).then(() => removeDirectory(plan.temporary)),
    };
  } catch (error) {
    if (plan.temporary) await dropTemplate(plan);
    await removeDirectory(plan.temporary);
    throw error;
  }
}

async function createData(plan: Plan): Promise<void> {
  await createDataDirectory(plan.data, plan);
  await clearStaleServer(plan.data, plan.account);
  await writeAccessRules(plan.data, plan.isSocket, plan.account);
}

async function startLettingIn(plan: Plan): Promise<Started> {
  const started = await start(plan);
  if (await enter(plan, started)) return started;
  await started.server.stop();
  await ensureRole({ ...plan, postgres: plan.binaries.postgres, directory: plan.data });
  const again = await start(plan);
  if (await enter(plan, again)) return again;
  await again.server.stop();
  throw new Error(
    `PostgreSQL with the data in ${plan.data} refuses the login of ${plan.user}, although its role was just set; see its log, ${plan.logFile}`,
  );
}

/** Resolves to false if the login is refused. */
async function enter({ host, user, password, databases }: Plan, { server, port }: Started): Promise<boolean> {
  const login = { host, port, user, password };
  try {
    const isIn = await isLetIn(login);
    if (isIn) await ensureDatabases(login, databases);
    return isIn;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function start(plan: Plan, attempt = 1): Promise<Started> {
  const port = plan.port || (await findFreePort(plan.host)); // a socket has a port number too
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
    const portWasLost = plan.port === 0 && /could not (bind|create any TCP)/.test(errorMessage(error));
    if (portWasLost && attempt < 5) return start(plan, attempt + 1);
    // a backend of a killed server ends with its statement
    if (!/pre-existing shared memory block/.test(errorMessage(error)) || attempt >= backendPatience)
      throw error;
    await delay(100);
    return start(plan, attempt + 1);
  }
}

function databaseUrl({ user, password, host, isSocket }: Plan, port: number, database: string): string {
  const login = [user, password].filter(Boolean).map(encodeURIComponent).join(':');
  const place = isSocket ? encodeURIComponent(host) : host.includes(':') ? `[${host}]` : host;
  return `postgres://${login}@${place}:${port}/${encodeURIComponent(database)}`;
}
