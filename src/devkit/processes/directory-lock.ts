import { link, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../errors.ts';
import { writePrivateFile } from '../private-file.ts';
import { commandLine } from './command-line.ts';

/** Who uses a directory that one at a time may use, and where it serves what is in it. */
export interface Holder {
  pid: number;
  host: string;
  port: number;
  command: string;
}

export interface DirectoryLock {
  /** Gives the directory free. Safe to repeat. */
  release: () => Promise<void>;
}

/** The locks that this process has: its id in a file says nothing, since a killed process may have had the same one. */
const ownFiles = new Set<string>();

/** Resolves to the lock, or to the living process that has it. What a killed process left is taken over. */
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

/** The living process that holds the lock; undefined when there is none. */
export async function readHolder(file: string): Promise<Holder | undefined> {
  const holder = await readLock(file);
  return holder && (await isHeld(file, holder)) ? holder : undefined;
}

async function isHeld(file: string, { pid, command }: Holder): Promise<boolean> {
  if (pid === process.pid) return ownFiles.has(path.resolve(file));
  return (await commandLine(pid)) === command;
}

/** What the lock says, also when the process that held it is dead; undefined where there is none. */
export async function readLock(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Another process may have replaced the file since it was read: then its lock is put back. */
async function removeStale(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  const holder = await readLock(aside);
  if (holder && (await isHeld(file, holder))) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Linked into place, so that nobody reads half of it. */
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
