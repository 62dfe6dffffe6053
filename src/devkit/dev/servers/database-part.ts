import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, errorMessage } from '../../errors.ts';
import { makeOwnFolder } from '../../own-folder.ts';
import { type StopMode, startPostgres } from '../../postgres/postgres.ts';
import { portHolderText } from '../../processes/port-holder.ts';
import { waitFor } from '../../testing/wait-for.ts';
import { addressText, isLocal, listenHost } from '../environment/address.ts';
import { type DatabaseAddress, parseDatabaseUrl } from '../environment/database-address.ts';
import { tryLogin, untilClosed } from './database-session.ts';
import { DevError } from '../environment/dev-error.ts';
import { type DevPart, type Tell, shownPath } from './dev-part.ts';
import { silence, tellIfSlow } from '../../patience.ts';
import {
  type DirectoryLock,
  type Holder,
  lockDirectory,
  readHolder,
  readLock,
} from '../../processes/directory-lock.ts';
import { findPostgres, silenceText } from './protocols.ts';
import { type Serving, keepServing } from './serving.ts';
import { SQL_STATE } from '../../postgres/sql-state.ts';

/** The time that a server may take to start or stop, in ms. */
const startPatience = 20_000;

/**
 * Uses the PostgreSQL at `databaseUrl`. If nothing answers there, starts an embedded server with the address's user, password
 * and database, and its data in `directory`. If the embedded server ends, ours or that of another `dev`, starts it again with
 * the same data and reports that to `say`. Throws a DevError if neither is possible.
 */
export function openDatabase(databaseUrl: string, directory: string, say: Tell): Promise<DevPart> {
  const address = parseDatabaseUrl(databaseUrl);
  return keepServing(() => serve({ address, directory, say }), say);
}

interface Place {
  address: DatabaseAddress;
  directory: string;
  say: Tell;
}

async function serve(place: Place): Promise<Serving> {
  const { address, directory, say } = place;
  const finding = await tellIfSlow(findPostgres(address), async () => say(await silenceText(address)));
  if (finding === 'nothing') return startEmbedded(place);
  if (finding === 'stranger') throw await notPostgres(address);
  const waits = `at ${addressText(address)} is starting or stopping; dev waits up to ${startPatience / 1_000} s`;
  const error = await tellIfSlow(logIn(address), () => say(waits));
  if (!error) return useFound(address, directory);
  if (errorCode(error) === 'ECONNREFUSED') return serve(place); // it was about to end
  throw refusal(error, address);
}

/** Resolves to the error if the server refuses the login, or does not accept one in time. */
async function logIn({ url }: DatabaseAddress): Promise<unknown> {
  const deadline = Date.now() + startPatience;
  for (;;) {
    const error = await tryLogin(url);
    if (!error || !isPassing(error) || Date.now() > deadline) return error;
    if (errorCode(error) === 'ECONNREFUSED') return error;
    await delay(100);
  }
}

async function useFound(address: DatabaseAddress, directory: string): Promise<Serving> {
  const [lock, holder] = await Promise.all([
    readLock(holderFile(directory)),
    readHolder(holderFile(directory)),
  ]);
  const whose = holder?.port === address.port ? `embedded, of process ${holder.pid}` : 'already running';
  const description = `${address.shown} (${whose})`;
  const stop = () => Promise.resolve();
  // the server of a killed `dev` is about to end
  return { description, stop, ...(lock?.port === address.port && { gone: untilClosed(address.url) }) };
}

async function startEmbedded(place: Place): Promise<Serving> {
  const { address, directory, say } = place;
  if (!isLocal(address)) {
    throw new DevError(
      `DATABASE_URL: nothing answers at ${addressText(address)}. Start PostgreSQL there, or use localhost: dev starts an embedded PostgreSQL there.`,
    );
  }
  if (!address.password) throw noPassword(address);
  await makeOwnFolder(directory);
  const lock = await lockDirectory(holderFile(directory), address);
  if (!('release' in lock)) return joinHolder(place, lock);
  const starts = `at ${addressText(address)} is starting; dev waits up to a minute`;
  return tellIfSlow(startServer(address, directory, lock), () => say(starts), silence.working);
}

async function startServer(
  address: DatabaseAddress,
  directory: string,
  lock: DirectoryLock,
): Promise<Serving> {
  const { user, password, database, port } = address;
  try {
    const host = listenHost(address);
    const server = await startPostgres({ directory, host, port, user, password, databases: [database] });
    const gone = server.ended.then(() => lock.release());
    const description = `${address.shown} (embedded, ${shownPlace(directory, server.directory)})`;
    const stop = (mode?: StopMode) => server.stop(mode).then(lock.release);
    return { description, gone, stop };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** The folder of the service, or the actual directory if PostgreSQL's account cannot enter that folder. */
function shownPlace(directory: string, actual: string): string {
  if (path.resolve(directory) === actual) return shownPath(directory);
  return `data in ${actual}, since the account of PostgreSQL cannot enter this folder`;
}

/** Another `dev` has the data: its server is about to answer, on our port or on another one. */
async function joinHolder(place: Place, holder: Holder): Promise<Serving> {
  const { address, directory, say } = place;
  if (holder.port !== address.port) {
    throw new DevError(
      `DATABASE_URL: the embedded PostgreSQL of process ${holder.pid} serves ${shownPath(directory)} on port ${holder.port}. Set that port in .env, or stop that process.`,
    );
  }
  const answers = async () =>
    (await findPostgres(address)) === 'server' || !(await readHolder(holderFile(directory)));
  const message = `the PostgreSQL of process ${holder.pid}`;
  const waits = `dev waits up to ${startPatience / 1_000} s for ${message}`;
  await tellIfSlow(waitFor(answers, { timeout: startPatience, message }), () => say(waits));
  return serve(place);
}

const holderFile = (directory: string) => path.join(directory, 'holder.json');

/** A server that is starting or stopping reports it (57P01 to 57P03), or hangs up without a code of its own. */
function isPassing(error: unknown): boolean {
  return /^(57P0[123]|ECONN.*|undefined)$/.test(String(errorCode(error)));
}

async function notPostgres(address: DatabaseAddress): Promise<DevError> {
  const place = addressText(address);
  const who = isLocal(address) ? ` but ${await portHolderText(address.port)}` : '';
  return new DevError(
    `DATABASE_URL: the server at ${place} is not PostgreSQL${who}. Change the port in .env, or stop that process.`,
  );
}

function noPassword({ shown }: DatabaseAddress): DevError {
  return new DevError(
    `DATABASE_URL has no password, and every user of this machine could log in to an embedded PostgreSQL at ${shown}. Add a password in .env, after the user: user:password@.`,
  );
}

function refusal(error: unknown, { shown, database }: DatabaseAddress): DevError {
  const remedy =
    errorCode(error) === SQL_STATE.INVALID_CATALOG_NAME
      ? `Create it (create database "${database}"), or change DATABASE_URL in .env.`
      : 'Correct the user and password in .env, or change the port to a free one: dev starts an embedded PostgreSQL there.';
  return new DevError(
    `DATABASE_URL: the PostgreSQL at ${shown} rejects the login: ${errorMessage(error)}. ${remedy}`,
    { cause: error },
  );
}
