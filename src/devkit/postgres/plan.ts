import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Account, chooseAccount, openWay } from './account.ts';
import { type PostgresBinaries, findBinaries } from './binaries.ts';
import { createTemporaryDirectory } from './temporary-directory.ts';

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

/** The options with their defaults, and what this machine says to them. */
export interface Plan extends Required<Omit<PostgresOptions, 'directory'>> {
  binaries: PostgresBinaries;
  account: Account | undefined;
  /** The data directory and, beside it, the log. */
  data: string;
  logFile: string;
  temporary: string | undefined;
}

/** Makes the directories of a server, not yet its data. */
export async function createPlan(options: PostgresOptions): Promise<Plan> {
  const {
    directory,
    port = 0,
    host = '127.0.0.1',
    user = 'postgres',
    password = 'postgres',
    databases = [],
  } = options;
  const binaries = await findBinaries();
  const owner = await chooseAccount(directory && path.join(directory, 'data'));
  const temporary = directory ? undefined : await createTemporaryDirectory(owner);
  const home = path.resolve(directory ?? temporary ?? '');
  await mkdir(home, { recursive: true });
  const data = path.join(home, 'data');
  const account = await openWay(owner, [binaries.postgres, data]);
  const logFile = path.join(home, 'postgres.log');
  return { port, host, user, password, databases, binaries, account, data, logFile, temporary };
}
