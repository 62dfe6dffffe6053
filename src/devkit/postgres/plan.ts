import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { refuseLink } from '../own-folder.ts';
import { type Account, chooseAccount } from './server/account.ts';
import { type PostgresBinaries, findBinaries } from './server/binaries.ts';
import { knownData, placeBinaries, placeData } from './directories/outside.ts';
import { keptPassword, randomPassword } from './server/password.ts';
import { fitsSocket, socketPort } from './server/socket.ts';
import { createTemporaryDirectory } from './directories/temporary-directory.ts';

export interface PostgresOptions {
  /** The folder for data that is kept between runs. Without it, data is temporary and deleted with the server. */
  directory?: string;
  /** 0, the default, takes a free port. */
  port?: number;
  /**
   * The address to listen on. Without `host`, `port`, `password` and `directory`, the server listens on a Unix socket in a
   * folder that other accounts cannot enter, and on no port. Otherwise, and on Windows, the default is 127.0.0.1.
   */
  host?: string;
  /** A login that can create databases and is not a superuser; default `postgres`. */
  user?: string;
  /**
   * Random by default, and kept in `<directory>/password`. It must not be empty, or every user of the machine could log in.
   */
  password?: string;
  /** Databases to create if they are missing; `user` owns them. */
  databases?: string[];
}

/** The options with their defaults, and the properties of this machine. */
export interface Plan extends Required<Omit<PostgresOptions, 'directory'>> {
  binaries: PostgresBinaries;
  account: Account | undefined;
  /** The data directory. */
  data: string;
  logFile: string;
  temporary: string | undefined;
  /** Whether `host` is the folder of a Unix socket. */
  isSocket: boolean;
}

/** Creates the directories of a server, but not its data. */
export async function createPlan(options: PostgresOptions): Promise<Plan> {
  const { directory, user = 'postgres', databases = [] } = options;
  if (options.password === '')
    throw new Error(
      `The password of ${user} is empty: every user of this machine could log in. Set a password, or omit it for a random one.`,
    );
  const home = directory && path.resolve(directory);
  const account = await chooseAccount(home && (await knownData(home)));
  const binaries = await placeBinaries(await findBinaries(), account);
  const temporary = home ? undefined : await createTemporaryDirectory(account);
  if (home) await refuseLink(home);
  if (home) await mkdir(home, { recursive: true, mode: 0o700 });
  const data = home ? await placeData(home, account) : path.join(temporary ?? '', 'data');
  const logFile = path.join(home ?? temporary ?? '', 'postgres.log');
  const address = await planAddress(options, data);
  return { ...address, user, databases, binaries, account, data, logFile, temporary };
}

async function planAddress(options: PostgresOptions, data: string) {
  const { directory, host, port, password } = options;
  const isSocket = [directory, host, port, password].every((one) => one === undefined) && fitsSocket(data);
  if (isSocket) return { host: data, port: socketPort, password: '', isSocket };
  const secret = password ?? (directory ? await keptPassword(directory) : randomPassword());
  return { host: host ?? '127.0.0.1', port: port ?? 0, password: secret, isSocket };
}
