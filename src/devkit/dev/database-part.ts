import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode, errorMessage } from '../errors.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { type Address, addressText, isLocal, listenHost } from './address.ts';
import { DevError } from './dev-error.ts';
import { type DevPart, never, shownPath } from './dev-part.ts';
import { findPostgres } from './protocols.ts';

/** How long a server may be starting or stopping, in milliseconds. */
const startPatience = 20_000;

interface DatabaseAddress extends Address {
  user: string;
  password: string;
  database: string;
  /** The address without the password. */
  shown: string;
}

/**
 * Uses the PostgreSQL at `databaseUrl`, or starts an embedded one there where nothing answers, with the user, password and
 * database of the address and its data under `directory`. Throws a DevError when neither is possible.
 */
export async function openDatabase(databaseUrl: string, directory: string): Promise<DevPart> {
  const address = parseDatabaseUrl(databaseUrl);
  const deadline = Date.now() + startPatience;
  for (;;) {
    const finding = await findPostgres(address);
    if (finding === 'nothing') return startEmbedded(address, directory);
    if (finding === 'stranger') throw notPostgres(address);
    const error = await tryLogin(databaseUrl);
    if (!error)
      return { description: `${address.shown} (running already)`, lost: never, stop: async () => {} };
    if (!isPassing(error) || Date.now() > deadline) throw refusal(error, address);
    await delay(100);
  }
}

function parseDatabaseUrl(databaseUrl: string): DatabaseAddress {
  const url = new URL(databaseUrl);
  const user = decodeURIComponent(url.username) || process.env['PGUSER'] || os.userInfo().username;
  const database = decodeURIComponent(url.pathname.slice(1)) || user;
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost';
  const port = Number(url.port || 5432);
  const shown = `postgres://${user}@${addressText({ host, port })}/${database}`;
  return { host, port, user, password: decodeURIComponent(url.password), database, shown };
}

async function startEmbedded(address: DatabaseAddress, directory: string): Promise<DevPart> {
  const { user, password, database, port } = address;
  if (!isLocal(address)) {
    throw new DevError(
      `DATABASE_URL: nothing answers at ${addressText(address)}. Start PostgreSQL there, or use localhost, where an embedded one starts.`,
    );
  }
  const host = listenHost(address);
  const server = await startPostgres({ directory, host, port, user, password, databases: [database] });
  let isStopping = false;
  const lost = server.ended.then(() => (isStopping ? never : 'The embedded PostgreSQL has ended.'));
  const stop = () => {
    isStopping = true;
    return server.stop();
  };
  return { description: `${address.shown} (embedded, ${shownPath(directory)})`, lost, stop };
}

/** A server that starts or stops says so (57P01 to 57P03), or hangs up without a code of its own. */
function isPassing(error: unknown): boolean {
  return /^(57P0[123]|ECONN.*|undefined)$/.test(String(errorCode(error)));
}

async function tryLogin(connectionString: string): Promise<unknown> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function notPostgres(address: Address): DevError {
  const place = addressText(address);
  return new DevError(
    `DATABASE_URL: what answers at ${place} is not PostgreSQL. Change the port in .env, or end that program.`,
  );
}

function refusal(error: unknown, { shown, database }: DatabaseAddress): DevError {
  const remedy =
    errorCode(error) === '3D000' // invalid_catalog_name
      ? `Create it (create database "${database}"), or change DATABASE_URL in .env.`
      : 'Correct the user and password in .env, or change the port to one where nothing runs: an embedded PostgreSQL starts there.';
  return new DevError(
    `DATABASE_URL: the PostgreSQL at ${shown} does not let us in: ${errorMessage(error)}. ${remedy}`,
    { cause: error },
  );
}
