import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { errorCode } from '../errors.ts';
import { commandLine } from '../processes/command-line.ts';

/** Who uses a directory that one process at a time may use, and on which port it serves what is in it. */
export interface Holder {
  pid: number;
  port: number;
  command: string;
}

export interface DirectoryLock {
  /** Gives the directory free. Safe to repeat. */
  release: () => Promise<void>;
}

/** Resolves to the lock, or to the living process that has it. What a killed process left is taken over. */
export async function lockDirectory(file: string, port: number): Promise<DirectoryLock | Holder> {
  const own: Holder = { pid: process.pid, port, command: await commandLine(process.pid) };
  for (;;) {
    if (await create(file, JSON.stringify(own))) return { release: () => rm(file, { force: true }) };
    const holder = await readHolder(file);
    if (holder) return holder;
    await removeStale(file);
  }
}

/** The living process that holds the lock; undefined when there is none. */
export async function readHolder(file: string): Promise<Holder | undefined> {
  const holder = await readLock(file);
  if (!holder || holder.pid === process.pid) return undefined;
  return (await commandLine(holder.pid)) === holder.command ? holder : undefined;
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
  if (await readHolder(aside)) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Linked into place, so that nobody reads half of it. */
async function create(file: string, text: string): Promise<boolean> {
  const whole = `${file}.${process.pid}.new`;
  await writeFile(whole, text);
  try {
    await link(whole, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}
