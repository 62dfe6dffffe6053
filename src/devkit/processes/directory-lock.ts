import { link, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../errors.ts';
import { writePrivateFile } from '../private-file.ts';
import { commandLine } from './command-line.ts';

/** The process that uses a directory exclusively, and the address at which it serves the data. */
export interface Holder {
  pid: number;
  host: string;
  port: number;
  command: string;
}

export interface DirectoryLock {
  /** Releases the directory. Safe to repeat. */
  release: () => Promise<void>;
}

/** The locks of this process. The process id in a file does not prove it: a killed process may have had the same id. */
const ownFiles = new Set<string>();

/** Resolves to the lock, or to the running process that holds it. The lock of a killed process is taken over. */
export async function lockDirectory(
  file: string,
  { host, port }: { host: string; port: number },
): Promise<DirectoryLock | Holder> {
  const own: Holder = { pid: process.pid, host, port, command: await commandLine(process.pid) };
  for (;;) {
    if (await create(file, JSON.stringify(own))) return { release: () => release(file) };
    const holder = await readHolder(file);
    if (holder) return holder;
    await removeStale(file);
  }
}

async function release(file: string): Promise<void> {
  if (ownFiles.delete(path.resolve(file))) await rm(file, { force: true });
}

/** Returns the running process that holds the lock; undefined if there is none. */
export async function readHolder(file: string): Promise<Holder | undefined> {
  const holder = await readLock(file);
  return holder && (await isHeld(file, holder)) ? holder : undefined;
}

async function isHeld(file: string, { pid, command }: Holder): Promise<boolean> {
  if (pid === process.pid) return ownFiles.has(path.resolve(file));
  return (await commandLine(pid)) === command;
}

/** Returns the content of the lock, even if its process is dead; undefined if there is none. */
export async function readLock(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** If another process has replaced the file since it was read, its lock is put back. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const holder = await readLock(aside);
  if (holder && (await isHeld(file, holder))) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Linked into place, so a reader never sees half of the file. */
async function create(file: string, text: string): Promise<boolean> {
  const whole = `${file}.${process.pid}.new`;
  await writePrivateFile(whole, text);
  try {
    await link(whole, file);
    ownFiles.add(path.resolve(file));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}
