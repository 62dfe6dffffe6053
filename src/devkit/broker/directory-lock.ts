import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

/** Who writes to a directory. */
interface Holder {
  pid: number;
  host: string;
  port: number;
}

/** Milliseconds after which a port that neither takes nor refuses a connection counts as taken. */
const CONNECT_PATIENCE_MS = 1000;

const FILE = 'broker.lock';

/**
 * Takes the directory for the broker that listens on `address`; resolves to what gives it back. The lock of a process
 * that was killed is taken over: it holds while its process lives and its port is taken. Rejects when another broker
 * has the directory, and names it.
 */
export async function lockDirectory(
  directory: string,
  address: { host: string; port: number },
): Promise<() => void> {
  const path = join(directory, FILE);
  const own = JSON.stringify({ pid: process.pid, ...address } satisfies Holder);
  while (!create(path, own)) {
    const text = read(path);
    const holder = parse(text);
    if (holder && (await isAlive(holder, address.port))) throw new Error(refusal(directory, holder));
    if (text !== undefined) remove(path, text);
  }
  return () => {
    if (read(path) === own) rmSync(path, { force: true });
  };
}

function refusal(directory: string, { pid, host, port }: Holder): string {
  return (
    `The directory ${directory} belongs to the broker at ${host}:${port} (process ${pid}): ` +
    'use that one, stop it, or give this one another directory'
  );
}

/** Returns false when the file is there already. */
function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parse(text = ''): Holder | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Removes the lock that says `stale`. One that another process has put in its place meanwhile is put back. */
function remove(path: string, stale: string): void {
  const taken = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, taken);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (read(taken) !== stale) create(path, read(taken) ?? '');
  rmSync(taken, { force: true });
}

/** A port that this process listens on cannot be the other's; its number was used before. */
async function isAlive({ pid, host, port }: Holder, ownPort: number): Promise<boolean> {
  return port !== ownPort && isRunning(pid) && (await isTaken(host, port));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function isTaken(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (isHere: boolean): void => {
      socket.destroy();
      resolve(isHere);
    };
    socket.setTimeout(CONNECT_PATIENCE_MS, () => finish(true));
    socket.on('connect', () => finish(true)).on('error', () => finish(false));
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
